import { computed, effect, signal } from "@preact/signals";
import type { Id } from "../api/shapes";
import { holdPage } from "../device/holding";
import { endUpload, somethingToSend, uploadsToEnd } from "../outbox/outbox";
import { loadSession, session } from "../session/session";
import { dropLocals, keepLocal, localCopies } from "./local";
import { letGo, remember } from "./picking";
import { FileSource, type Source } from "./source";
import { type Options, type Role, type Target, Transfer } from "./transfer";
import { type InLine, itsTurn } from "./turn";

/** Transfers belong to the page, not to a screen: going elsewhere inside Farfield lets them go on. */
export const transfers = signal<readonly Transfer[]>([]);

const running = computed(() => transfers.value.filter((one) => !ends(one)));

/** The words of a person go first, but a server that takes no words must not hold the pictures for ever. */
const WORDS_MS = 20_000;

/** `beside`: the lesson plays another copy already, and this file may prove not to be its own. */
interface Beside { beside?: boolean }

/** Begins to send, or waits for its turn. An earlier one of the same file of this lesson makes room. */
export function startTransfer(lesson: Id, source: Source, role: Role = "original", options: Pick<Options, "upload"> & Beside = {}): Transfer {
  const earlier = transferOf(lesson, role);
  if (earlier) {
    if (!earlier.ended) earlier.leave();
    forget(earlier);
  }
  // A smaller copy is of the film that is here already: whoever watches that one watches on.
  const watched = role === "sound" || (role === "small" && localCopies.value.has(lesson));
  if (source instanceof FileSource && !watched && !options.beside) keepLocal(lesson, source.file);
  const transfer = addTransfer({ kind: "lesson", id: lesson, role }, source, options);
  void remember(lesson, source);
  void transfer.run().then(() => (transfer.standing.value.phase === "done" ? letGo(lesson) : undefined));
  return transfer;
}

/** One that whoever adds it runs. */
export function addTransfer(to: Target, source: Source, options: Pick<Options, "upload"> = {}): Transfer {
  const transfer = new Transfer(to, source, wordsFirst, { ...options, myTurn, givenUp: () => uploadsToEnd.peek() });
  transfers.value = [...transfers.value, transfer];
  return transfer;
}

const inLine = (one: Transfer): InLine & { of: Transfer } => ({ of: one, role: one.to.role, ended: one.ended, held: one.standing.value.held });

function myTurn(transfer: Transfer): boolean {
  const all = transfers.value.map(inLine);
  const mine = all.find(({ of }) => of === transfer);
  return !mine || itsTurn(mine, all);
}

/** Of a role, or the one of its picture if there is one: the sound goes before it, and says little of the whole. */
export function transferOf(lesson: Id, role?: Role): Transfer | undefined {
  const all = transfers.value.filter((one) => one.lesson === lesson);
  if (role) return all.find(({ to }) => to.role === role);
  return all.find(({ to }) => to.role !== "sound") ?? all[0];
}

export function forget(transfer: Transfer): void {
  transfers.value = transfers.value.filter((one) => one !== transfer);
}

/** Stops for good; the server forgets what arrived, also if it can be told only later. */
export function giveUp(transfer: Transfer): void {
  transfer.leave();
  endUpload(transfer.upload);
  forget(transfer);
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

const standing = computed(() => transfers.value.map((one) => `${one.key} ${one.ended} ${one.standing.value.held}`).join());
effect(() => {
  // Whoever stood before another has ended, or lets it pass.
  void standing.value;
  for (const one of transfers.peek()) one.nudge();
});

const signedOut = computed(() => transfers.value.some(({ standing: { value } }) => value.waiting?.why === "signed_out"));
let wasOut = false;
let owner: Id | null = null;
effect(() => {
  const who = session.value?.person.id ?? null;
  // Signed in again, in another tab: this page comes back to life as well.
  if (wasOut && !signedOut.value && who === null) void loadSession();
  wasOut = signedOut.value;
  if (who === null) return;
  for (const one of transfers.peek()) {
    // Nothing of one person's goes out in the name of another.
    if (owner !== null && who !== owner) one.leave();
    else one.nudge();
  }
  if (owner !== null && who !== owner) {
    transfers.value = [];
    dropLocals();
  }
  owner = who;
});

let release: (() => void) | null = null;
effect(() => {
  if (running.value.length > 0) release ??= holdPage();
  else {
    release?.();
    release = null;
  }
});
