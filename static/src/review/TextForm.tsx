import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../words";

interface Props {
  label: string;
  /** Where what is typed is kept on this device until it is sent. */
  shelf: string;
  text: string;
  send: string;
  longest?: number;
  onSend(text: string): void;
  onClose(): void;
  children?: ComponentChildren;
}

/** A text that is written or changed in place. Esc closes it, Ctrl and Enter sends; what is typed outlives a reload. */
export function TextForm({ label, shelf, text, send, longest = 10_000, onSend, onClose, children }: Props) {
  const body = useSignal(kept(shelf) ?? text);
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
    onSend(said);
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
            keep(shelf, body.value);
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

export function kept(shelf: string): string | null {
  try {
    return sessionStorage.getItem(KEY + shelf);
  } catch {
    return null;
  }
}

function keep(shelf: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(KEY + shelf);
    else sessionStorage.setItem(KEY + shelf, text);
  } catch {
    // Storage is off: the text lives as long as the form.
  }
}
