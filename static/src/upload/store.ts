import { computed, effect, signal } from "@preact/signals";
import type { Id } from "../api/shapes";
import { somethingToSend } from "../outbox/outbox";
import { type Target, Transfer } from "./transfer";

/** Transfers belong to the page, not to a screen: going elsewhere inside Farfield lets them go on. */
export const transfers = signal<readonly Transfer[]>([]);

const running = computed(() => transfers.value.filter((one) => !ends(one)));

/** The words of a person go first, but a server that takes no words must not hold the pictures for ever. */
const WORDS_MS = 20_000;

export function startTransfer(lesson: Id, file: File): Transfer {
  transfers.value = transfers.value.filter((one) => one.lesson !== lesson);
  const transfer = addTransfer({ kind: "lesson", id: lesson }, file);
  void transfer.run();
  return transfer;
}

/** One that whoever adds it runs when its turn comes. */
export function addTransfer(to: Target, file: File): Transfer {
  const transfer = new Transfer(to, file, wordsFirst);
  transfers.value = [...transfers.value, transfer];
  return transfer;
}

export function transferOf(lesson: Id): Transfer | undefined {
  return transfers.value.find((one) => one.lesson === lesson);
}

export function forget(transfer: Transfer): void {
  transfers.value = transfers.value.filter((one) => one !== transfer);
}

/** The lesson's own page says how it goes on from here; there is nothing left to remind of. */
export function prepared(lesson: Id): void {
  transfers.value = transfers.value.filter((one) => one.lesson !== lesson || one.standing.value.phase !== "done");
}

/** Leaving the page would stop these. */
function ends(transfer: Transfer): boolean {
  void transfer.standing.value;
  return transfer.ended;
}

function wordsFirst(): Promise<void> {
  if (!somethingToSend.value) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, WORDS_MS);
    const stop = effect(() => {
      if (!somethingToSend.value) queueMicrotask(done);
    });
  });
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

let awake: WakeLockSentinel | null = null;

async function stayAwake(wanted: boolean): Promise<void> {
  if (!wanted) {
    await awake?.release().catch(() => undefined);
    awake = null;
  } else if (document.visibilityState === "visible" && (!awake || awake.released)) {
    // Refused in low-power mode and missing on plain HTTP: the texts say to keep the screen on.
    awake = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  }
}

effect(() => {
  const any = running.value.length > 0;
  removeEventListener("beforeunload", warn);
  if (any) addEventListener("beforeunload", warn);
  void stayAwake(any);
});
document.addEventListener("visibilitychange", () => void stayAwake(running.value.length > 0));
