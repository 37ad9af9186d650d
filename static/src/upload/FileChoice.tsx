import { type Signal, useSignal } from "@preact/signals";
import { session } from "../session/session";
import { size } from "../time/format";
import { words } from "../words";

/** Picks one video. A file that can never be taken is refused here, before anything is sent. */
export function FileChoice({ file, label }: { file: Signal<File | null>; label: string }) {
  const says = useSignal<string | null>(null);
  function pick(input: HTMLInputElement): void {
    const picked = input.files?.[0] ?? null;
    says.value = picked ? refusal(picked) : null;
    file.value = says.value ? null : picked;
    if (says.value) input.value = "";
  }
  return (
    <div class="choice">
      <label class={`button pick ${file.value ? "" : "main"}`}>
        <input type="file" accept="video/*,.mp4,.mov,.m4v,.mkv,.webm,.avi,.mts,.3gp" onChange={(event) => pick(event.currentTarget)} />
        <span>{label}</span>
      </label>
      {file.value && <p>{words.upload.picked(file.value.name, size(file.value.size))}</p>}
      <p role="alert" class="says">{says.value}</p>
    </div>
  );
}

function refusal(file: File): string | null {
  const limit = session.value?.max_upload_bytes ?? Infinity;
  if (file.size === 0) return words.upload.empty;
  if (file.size > limit) return words.upload.tooLarge(size(file.size), size(limit));
  return null;
}
