import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { useCommand } from "../app/command";
import { Field } from "../form/Field";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import "./observers.css";

/** The coach's wish: whom, why, and to what. */
export function Propose({ page, close }: { page: OpenCycle; close(): void }) {
  const who = useSignal("");
  const why = useSignal("");
  const lesson = useSignal<string | null>(null);
  const missing = useSignal<string | null>(null);
  const proposal = useRef(newId());
  const propose = useCommand(`/api/cycles/${page.id}/commands`);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => input.current?.focus(), []);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    missing.value = who.value.trim() === "" ? words.observers.needWho : null;
    if (missing.value) return input.current?.focus();
    const asked = { proposal: proposal.current, who: who.value.trim(), why: why.value.trim(), lesson: lesson.value };
    if (await propose.run({ type: "propose_observer", ...asked })) close();
  }

  return (
    <form class="let-in" onSubmit={(event) => void send(event)} noValidate aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{words.observers.propose}</h3>
      <Field label={words.observers.proposeWho} value={who} autocomplete="off" input={input} longest={200} />
      <label class="field">
        <span>{words.observers.proposeWhy}</span>
        <textarea rows={3} maxLength={5000} dir="auto" value={why.value} onInput={(event) => (why.value = event.currentTarget.value)} aria-describedby={`${id}-hint`} />
        <small id={`${id}-hint`} class="quiet">{words.observers.proposeHint}</small>
      </label>
      <label class="field">
        <span>{words.observers.what}</span>
        <select value={lesson.value ?? ""} onChange={(event) => (lesson.value = event.currentTarget.value || null)}>
          <option value="">{words.observers.whole}</option>
          {page.snapshot.value!.card.lessons.map((one) => <option key={one.id} value={one.id}>{words.observers.lesson(one.title)}</option>)}
        </select>
      </label>
      <p role="alert" class="says">{missing.value ?? propose.says.value}</p>
      <p class="actions">
        <button type="submit" class="main" disabled={propose.busy.value}>{words.observers.sendProposal}</button>
        <button type="button" class="plain" onClick={close}>{words.close}</button>
      </p>
    </form>
  );
}
