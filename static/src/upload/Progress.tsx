import { Sure } from "../form/Sure";
import { dropKept } from "../smaller/mount";
import { size } from "../time/format";
import { words } from "../words";
import { dropLocal } from "./local";
import { atTime, Manner } from "./Manner";
import { letGo } from "./picking";
import { timeLeft } from "./plan";
import { forget, giveUp, transfers } from "./store";
import type { Standing, Transfer } from "./transfer";

/** The dark bar is what the server has, the faint one what this device has handed over. */
export function Progress({ transfer }: { transfer: Transfer }) {
  const now = transfer.standing.value;
  const all = transfer.size;
  if (now.phase === "stopped") {
    return (
      <>
        <p role="alert">{words.upload.stopped(now.detail)}</p>
        <p><button type="button" onClick={() => forget(transfer)}>{words.tryAgain}</button></p>
      </>
    );
  }
  const percent = (bytes: number): string => `${Math.min(100, (bytes / Math.max(1, all)) * 100).toFixed(1)}%`;
  return (
    <>
      <div
        class="bar" role="progressbar" aria-label={words.upload.progress} aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={Math.floor((now.stored / Math.max(1, all)) * 100)} aria-valuetext={words.upload.safe(size(now.stored), size(all))}
      >
        <span class="handed" style={{ width: percent(now.stored + now.handed) }} />
        <span class="stored" style={{ width: percent(now.stored) }} />
      </div>
      <Sentence now={now} all={all} starts={transfer.notBefore.value} filmed={transfer.to.role === "recording"} />
      {now.phase !== "done" && <Control transfer={transfer} />}
      {now.phase !== "done" && <Manner start={null} />}
      {now.phase !== "done" && <p><Sure label={words.upload.cancel} question={words.upload.cancelSure} busy={false} run={() => stop(transfer)} /></p>}
    </>
  );
}

/** Pause, go on, or start what was put off. */
function Control({ transfer }: { transfer: Transfer }) {
  const { paused, notBefore } = transfer;
  const off = notBefore.value > Date.now();
  return (
    <p>
      {off
        ? <button type="button" onClick={() => (notBefore.value = 0)}>{words.upload.startNow}</button>
        : <button type="button" onClick={() => (paused.value = !paused.value)}>{paused.value ? words.upload.unpause : words.upload.pause}</button>}
    </p>
  );
}

function Sentence({ now, all, starts, filmed }: { now: Standing; all: number; starts: number; filmed: boolean }) {
  const say = words.upload;
  if (now.phase === "done") return <p role="status">{say.allSafe(size(all))} {say.preparing}</p>;
  const left = now.waiting || now.held ? null : timeLeft(all - now.stored, now.rate);
  return (
    <>
      {now.held && <p class="notice" role="status">{now.held === "night" ? say.held.night(atTime(starts)) : say.held[now.held]}</p>}
      <p class="times">{now.phase === "finishing" ? say.finishing : now.held === "night" ? say.safeHeld(size(now.stored), size(all)) : say.safe(size(now.stored), size(all))}</p>
      {left && <p class="quiet">{say.left(left.low, left.high, left.unit)}</p>}
      {now.phase === "reading" && <p class="quiet">{say.reading}</p>}
      {now.phase === "checking" && <p class="quiet">{say.checking}</p>}
      {now.company && <p>{say.company}</p>}
      {now.restarted && <p>{say.restarted}</p>}
      {now.waiting && <p class="notice" role="status"><Waits waiting={now.waiting} /></p>}
      {now.waiting && now.waiting.why !== "lesson" && <p class="quiet">{words.network.ask} <a href="/network">{words.network.link}</a></p>}
      {now.held !== "night" && <p class="quiet">{filmed ? say.canCloseFilmed : say.canClose}</p>}
    </>
  );
}

export function Waits({ waiting }: { waiting: NonNullable<Standing["waiting"]> }) {
  switch (waiting.why) {
    case "store": return <>{words.upload.waitStore}</>;
    case "portal": return <>{words.upload.waitPortal}</>;
    case "signed_out": return <>{words.upload.waitSignedOut}</>;
    case "lesson": return <>{words.upload.waitLesson}</>;
    case "full": return <>{words.upload.waitFull}</>;
    case "link": return <>{words.upload.waitLink}</>;
  }
}

function stop(transfer: Transfer): void {
  giveUp(transfer);
  // The original of a copy that plays already may be stopped without a word about that copy.
  if (!transfers.value.some(({ lesson }) => lesson === transfer.lesson)) dropLocal(transfer.lesson);
  void dropKept(transfer.lesson);
  void letGo(transfer.lesson);
}
