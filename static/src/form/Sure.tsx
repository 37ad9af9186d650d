import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../words";

interface Asked {
  /** The button, and what it does in a word or two. */
  label: string;
  /** Whom or what it is about, for those who hear only the button. */
  about?: string;
  question: string;
  busy: boolean;
  /** It is the one thing to do here. */
  main?: boolean;
  run: () => void;
}

/** What cannot be taken back is asked once more, in place. The keyboard starts at the way back. */
export function Sure({ label, about, question, busy, main = false, run }: Asked) {
  const asks = useSignal(false);
  const first = useRef<HTMLButtonElement>(null);
  const back = useRef<HTMLButtonElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (asks.value) back.current?.focus();
    else if (moved.current) first.current?.focus();
    moved.current = asks.value;
  }, [asks.value]);
  const unseen = about && <span class="unseen"> {about}</span>;
  if (!asks.value) return <button type="button" class={main ? "main" : "plain"} ref={first} onClick={() => (asks.value = true)}>{label}{unseen}</button>;
  return (
    <span class="sure actions" role="group" aria-label={question} onKeyDown={({ key }) => key === "Escape" && (asks.value = false)}>
      <span>{question}</span>
      <button type="button" disabled={busy} onClick={run}>{label}{unseen}</button>
      <button type="button" class="plain" ref={back} onClick={() => (asks.value = false)}>{words.form.leaveIt}</button>
    </span>
  );
}
