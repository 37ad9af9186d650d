import { useSignal } from "@preact/signals";
import { session } from "../session/session";
import { size } from "../time/format";
import { words } from "../words";
import { ACCEPT, givesHandles, pickWithHandles } from "./picking";

interface Props {
  label: string;
  /** Whether it is what the page wants next. */
  main: boolean;
  many?: boolean;
  /** At least one, each of which can be taken. */
  onPick(files: File[]): void;
}

/** Picks videos. What can never be taken is refused here, before anything is sent. */
export function FileChoice({ label, main, many = false, onPick }: Props) {
  const refused = useSignal<string[]>([]);
  const plainly = useSignal(!givesHandles());

  function take(files: File[]): void {
    const seen = files.map((file) => ({ file, why: refusal(file) }));
    refused.value = seen.flatMap(({ file, why }) => (why === null ? [] : files.length > 1 ? [`${file.name}: ${why}`] : [why]));
    const good = seen.filter(({ why }) => why === null).map(({ file }) => file);
    if (good.length > 0) onPick(good);
  }

  async function pick(event: MouseEvent): Promise<void> {
    if (plainly.value) return;
    event.preventDefault();
    try {
      take((await pickWithHandles(many)) ?? []);
    } catch {
      plainly.value = true; // forbidden here: the next click uses the browser's plain way
    }
  }

  function picked(input: HTMLInputElement): void {
    take([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be picked again
  }

  const [first, ...more] = refused.value;
  return (
    <div class="choice">
      <label class={`button pick ${main ? "main" : ""}`}>
        <input type="file" accept={ACCEPT} multiple={many} onClick={(event) => void pick(event)} onChange={(event) => picked(event.currentTarget)} />
        <span>{label}</span>
      </label>
      <div role="alert" class="says">
        {more.length > 0 && <p>{words.upload.manyLeftOut(refused.value.length)}</p>}
        {refused.value.slice(0, 5).map((why) => <p key={why}>{why}</p>)}
        {!first ? null : more.length > 4 && <p>…</p>}
      </div>
    </div>
  );
}

function refusal(file: File): string | null {
  const limit = session.value?.max_upload_bytes ?? Infinity;
  if (file.size === 0) return words.upload.empty;
  if (/^(image\/|text\/plain$|application\/pdf$)/.test(file.type)) return words.upload.noVideo;
  if (file.size > limit) return words.upload.tooLarge(size(file.size), size(limit));
  return null;
}
