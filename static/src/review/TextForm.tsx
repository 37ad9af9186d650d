import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../words";

interface Props {
  label: string;
  /** Where what is typed is kept on this device until it is sent. */
  shelf: string;
  text: string;
  /** Of the text as it stands; 0 for a new one. What is sent goes with the one at which writing began. */
  revision?: number;
  send: string;
  longest?: number;
  onSend(text: string, revision: number): void;
  onClose(): void;
  children?: ComponentChildren;
}

/** A text that is written or changed in place. Esc closes it, Ctrl and Enter sends; what is typed outlives a reload. */
export function TextForm({ label, shelf, text, revision = 0, send, longest = 10_000, onSend, onClose, children }: Props) {
  const begun = useRef(kept(shelf) ?? { text, revision });
  const body = useSignal(begun.current.text);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    area.current?.focus({ preventScroll: true });
    area.current?.form?.scrollIntoView({ block: "nearest" });
  }, []);
  function close(): void {
    keep(shelf, null);
    onClose();
  }
  function done(event: Event): void {
    event.preventDefault();
    const said = body.value.trim();
    if (said === "") return;
    onSend(said, begun.current.revision);
    close();
  }
  return (
    <form
      class="text-form" onSubmit={done}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          close();
        }
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) done(event);
      }}
    >
      <label class="field">
        <span class="unseen">{label}</span>
        <textarea
          rows={Math.min(8, Math.max(2, Math.ceil(body.value.length / 60)))} maxLength={longest} value={body.value} placeholder={label} ref={area} dir="auto"
          onInput={(event) => {
            body.value = event.currentTarget.value;
            keep(shelf, { text: body.value, revision: begun.current.revision });
          }}
        />
      </label>
      {children}
      <p class="actions">
        <button type="submit" class="main">{send}</button>
        <button type="button" class="plain" onClick={close}>{words.room.cancel}</button>
      </p>
    </form>
  );
}

const KEY = "farfield.typing.";

interface Kept { text: string; revision: number }

export function kept(shelf: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + shelf) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function keep(shelf: string, typed: Kept | null): void {
  try {
    if (typed === null) sessionStorage.removeItem(KEY + shelf);
    else sessionStorage.setItem(KEY + shelf, JSON.stringify(typed));
  } catch {
    // Storage is off: the text lives as long as the form.
  }
}
