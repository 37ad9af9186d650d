import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { size } from "../time/format";
import { words } from "../words";
import { timeLeft } from "./plan";
import { forget } from "./store";
import type { Standing, Transfer } from "./transfer";

/** The dark bar is what the server has, the faint one what this device has handed over. */
export function Progress({ transfer }: { transfer: Transfer }) {
  const now = transfer.standing.value;
  const all = transfer.file.size;
  if (now.phase === "stopped") {
    return (
      <>
        <p role="alert">{words.upload.stopped(now.detail)}</p>
        <p><button type="button" onClick={() => forget(transfer)}>{words.tryAgain}</button></p>
      </>
    );
  }
  const percent = (bytes: number): string => `${Math.min(100, (bytes / all) * 100).toFixed(1)}%`;
  return (
    <>
      <div
        class="bar" role="progressbar" aria-label={words.upload.progress} aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={Math.floor((now.stored / all) * 100)} aria-valuetext={words.upload.safe(size(now.stored), size(all))}
      >
        <span class="handed" style={{ width: percent(now.stored + now.handed) }} />
        <span class="stored" style={{ width: percent(now.stored) }} />
      </div>
      <Sentence now={now} all={all} />
      {now.phase !== "done" && <Cancel transfer={transfer} />}
    </>
  );
}

function Sentence({ now, all }: { now: Standing; all: number }) {
  const say = words.upload;
  if (now.phase === "done") return <p role="status">{say.allSafe(size(all))} {say.preparing}</p>;
  const left = now.waiting ? null : timeLeft(all - now.stored, now.rate);
  return (
    <>
      <p class="times">{now.phase === "finishing" ? say.finishing : say.safe(size(now.stored), size(all))}</p>
      {left && <p class="quiet">{say.left(left.low, left.high, left.unit)}</p>}
      {now.phase === "reading" && <p class="quiet">{say.reading}</p>}
      {now.phase === "checking" && <p class="quiet">{say.checking}</p>}
      {now.restarted && <p>{say.restarted}</p>}
      {now.waiting && <p class="notice" role="status"><Waits waiting={now.waiting} /></p>}
      <p class="quiet">{say.canClose}</p>
    </>
  );
}

export function Waits({ waiting }: { waiting: NonNullable<Standing["waiting"]> }) {
  const left = useSignal(0);
  useEffect(() => {
    const count = (): void => void (left.value = Math.max(1, Math.ceil((waiting.until - Date.now()) / 1000)));
    count();
    const timer = setInterval(count, 1000);
    return () => clearInterval(timer);
  }, [waiting.until]);
  switch (waiting.why) {
    case "store": return <>{words.upload.waitStore}</>;
    case "portal": return <>{words.upload.waitPortal}</>;
    case "signed_out": return <>{words.upload.waitSignedOut}</>;
    case "link": return <>{words.upload.waitLink(left.value)}</>;
  }
}

function Cancel({ transfer }: { transfer: Transfer }) {
  const sure = useSignal(false);
  if (!sure.value) return <p><button type="button" class="plain" onClick={() => (sure.value = true)}>{words.upload.cancel}</button></p>;
  return (
    <p class="actions">
      <span>{words.upload.cancelSure}</span>
      <button type="button" onClick={() => void transfer.cancel().then(() => forget(transfer))}>{words.upload.cancel}</button>
      <button type="button" class="plain" onClick={() => (sure.value = false)}>{words.upload.keepGoing}</button>
    </p>
  );
}
