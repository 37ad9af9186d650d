import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { words } from "../words";

/** Something that is shown this once, with a button to copy it. */
export function CopyOnce({ label, text }: { label: string; text: string }) {
  const input = useRef<HTMLInputElement>(null);
  const says = useSignal("");
  const id = useId();
  useEffect(() => input.current?.focus(), [text]);

  async function copy(): Promise<void> {
    input.current?.select();
    says.value = (await copied(text)) ? words.form.copied : words.form.copyByHand;
  }

  return (
    <div class="field once">
      <label for={id}>{label}</label>
      <span class="beside">
        <input id={id} type="text" readOnly ref={input} value={text} onFocus={(event) => event.currentTarget.select()} aria-describedby={`${id}-hint`} />
        <button type="button" onClick={() => void copy()}>{words.form.copy}</button>
      </span>
      <small id={`${id}-hint`} class="quiet">{words.form.once}</small>
      <small role="status">{says.value}</small>
    </div>
  );
}

/** The clipboard is there only over HTTPS; elsewhere the older way copies what is selected. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
