import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { get } from "../api/http";
import type { Upload } from "../api/shapes";
import { pause } from "../live/backoff";
import { size } from "../time/format";
import { Waits } from "../upload/Progress";
import { forget, giveUp } from "../upload/store";
import type { Transfer } from "../upload/transfer";
import { words } from "../words";

const ASK_MS = 5_000;

/** A file on its way, until the cycle has it. */
export function Sending({ transfer, there }: { transfer: Transfer; there: boolean }) {
  const now = transfer.standing.value;
  const refused = useSignal(false);
  const file = { name: transfer.source.name, size: transfer.size };
  const say = words.plan;
  useEffect(() => {
    if (there) forget(transfer);
  }, [there]);
  useEffect(() => {
    // The cycle's stream says when it is there; that it never will be, only the upload says.
    if (now.phase !== "done") return;
    const gone = new AbortController();
    const ask = async (): Promise<void> => {
      while (!gone.signal.aborted && !refused.value) {
        await pause(ASK_MS, gone.signal);
        const found = await get<Upload>(`/api/uploads/${transfer.upload}`, gone.signal).catch(() => null);
        if (found?.state === "refused") refused.value = true;
      }
    };
    void ask();
    return () => gone.abort();
  }, [now.phase]);
  const ended = refused.value ? say.refused : now.phase === "stopped" ? words.upload.stopped(now.detail)
    : now.phase === "repick" ? say.unreadable : now.phase === "gone" ? say.refused : null;
  if (ended) {
    return (
      <div class="sending" role="alert">
        <p class="break"><bdi>{file.name}</bdi></p>
        <p>{ended}</p>
        <p><button type="button" class="plain" onClick={() => forget(transfer)}>{say.dismiss}</button></p>
      </div>
    );
  }
  return (
    <div class="sending">
      <p class="break">{say.sending(file.name)}</p>
      <progress class="bar" aria-label={say.progress(file.name)} value={Math.min(file.size, now.stored + now.handed)} max={file.size} />
      <p class="times" role="status">{now.phase === "done" ? say.looking : now.phase === "waiting" ? say.turn : say.safe(size(now.stored), size(file.size))}</p>
      {now.waiting && <p class="notice" role="status"><Waits waiting={now.waiting} /></p>}
      {now.phase !== "done" && <p class="quiet">{say.goOn}</p>}
      {now.phase !== "done" && (
        <p><button type="button" class="plain" onClick={() => giveUp(transfer)}>{say.stop}<span class="unseen"> {file.name}</span></button></p>
      )}
    </div>
  );
}
