import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { otherName } from "../cycle/may";
import { fit } from "../form/writing";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import { submit } from "../outbox/outbox";
import { session } from "../session/session";
import { words } from "../words";

const LONGEST = 10_000;

/** A message being written. It is kept on this device until it is sent, and then in the outbox until it is there. */
export function Compose({ page, path }: { page: OpenCycle; path: string }) {
  const id = useId();
  const shelf = `farfield.message.${session.value?.person.id ?? ""}.${page.id}`;
  const text = useSignal(recall(shelf));
  const says = useSignal<string | null>(null);

  function type(to: string): void {
    text.value = to;
    says.value = null;
    keep(shelf, to);
  }

  function send(event: Event): void {
    event.preventDefault();
    const said = fit(text.value);
    const length = [...said].length;
    says.value = length === 0 ? words.conversation.needText : length > LONGEST ? words.conversation.tooLong(length, LONGEST) : null;
    if (says.value) return;
    submit(path, { type: "send_message", message: newId(), text: said });
    type("");
  }

  return (
    <form class="compose" onSubmit={send} noValidate>
      <label class="field" for={id}><span>{words.conversation.write(otherName(page))}</span></label>
      <textarea
        id={id} rows={2} dir="auto" value={text.value} onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
        }}
      />
      <p role="alert" class="says">{says.value}</p>
      <p class="actions"><button type="submit" class="main">{words.conversation.send}</button></p>
    </form>
  );
}

function recall(shelf: string): string {
  try {
    return localStorage.getItem(shelf) ?? "";
  } catch {
    return "";
  }
}

function keep(shelf: string, text: string): void {
  try {
    if (text) localStorage.setItem(shelf, text);
    else localStorage.removeItem(shelf);
  } catch {
    // The words are still in the field.
  }
}
