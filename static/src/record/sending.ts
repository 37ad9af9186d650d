import { effect, type Signal, signal } from "@preact/signals";
import { get, post } from "../api/http";
import { asProblem } from "../api/problem";
import type { Id, LessonSnapshot } from "../api/shapes";
import { newId } from "../ids/uuid";
import { Backoff, pause } from "../live/backoff";
import { endUpload } from "../outbox/outbox";
import type { Source } from "../upload/source";
import { giveUp, prepared, startTransfer, transferOf } from "../upload/store";
import { words } from "../words";
import { filming } from "../words/filming";
import { KeptFile } from "./file";
import { beingFilmed, discard, fileOf, type Kept, keep, keptOf } from "./kept";

/** The lessons whose recording this page is about to send, or sends; and what the server said where it will not have it. */
export const sending = signal<ReadonlySet<Id>>(new Set());
export const refusals = signal<ReadonlyMap<Id, string>>(new Map());

/**
 * Makes the lesson as soon as the server answers, and sends the recording, also while it grows. Filming waits for
 * nothing of this. What the server has is written down, so that a later visit goes on from there.
 */
export async function sendTake(kept: Signal<Kept>, source: Source): Promise<void> {
  const { lesson, cycle, command, title, release } = kept.value;
  if (sending.value.has(lesson)) return;
  mark(lesson, true);
  say(lesson, null);
  if (!kept.value.send) note(kept, { send: true });
  try {
    if (!kept.value.created) {
      await answered(() => post(`/api/cycles/${cycle}/lessons`, { id: command, lesson, title, release }));
      note(kept, { created: true });
    }
  } catch (error) {
    mark(lesson, false);
    return say(lesson, asProblem(error).detail);
  }
  if (dropped.has(lesson)) return mark(lesson, false);
  const transfer = startTransfer(lesson, source, "recording", { upload: kept.value.upload });
  const stop = effect(() => {
    const { phase, detail } = transfer.standing.value;
    if (transfer.upload !== kept.peek().upload) queueMicrotask(() => note(kept, { upload: transfer.upload }));
    if (!transfer.ended) return;
    queueMicrotask(() => {
      stop();
      mark(lesson, false);
      if (phase === "done") {
        note(kept, { sent: true });
        void tidy(kept);
      } else if (phase === "gone") {
        // It was stopped elsewhere, or waited too long there: pressed again, it begins anew.
        note(kept, { upload: newId() });
        say(lesson, filming.gone);
      } else if (detail) say(lesson, detail);
    });
  });
}

/** Deleted here while the server did not answer yet. */
const dropped = new Set<Id>();

/** What an earlier visit left here. */
export async function sendKept(one: Kept): Promise<void> {
  const file = await fileOf(one).catch(() => null);
  if (!file) return;
  const kept = signal(one);
  await sendTake(kept, new KeptFile(one.file, one.type, file));
}

/**
 * Lets the file go once the lesson can be watched from the server; until then it is the only sure one. One that the server
 * cannot show stays, says why, and can be sent again.
 */
export async function tidy(kept: Signal<Kept>): Promise<void> {
  const one = kept.peek();
  const backoff = new Backoff(2_000, 30_000);
  for (;;) {
    try {
      const { lesson } = await get<LessonSnapshot>(`/api/lessons/${one.lesson}`);
      if (lesson.state === "ready") return await discard(one);
      if (lesson.state === "refused") {
        prepared(one.lesson);
        say(one.lesson, words.refused[lesson.reason ?? "other"] ?? words.refused["other"]!);
        return note(kept, { upload: newId(), sent: false, send: false });
      }
    } catch (error) {
      if (!asProblem(error).passing) return;
    }
    await pause(backoff.next());
  }
}

/** The teacher does not want it: here, and what has arrived of it. */
export async function deleteTake(one: Kept): Promise<void> {
  dropped.add(one.lesson);
  const transfer = transferOf(one.lesson);
  if (transfer) giveUp(transfer);
  else if (one.created) endUpload(one.upload);
  await discard(one);
}

/** All that this person has here and that no tab is filming. What the browser has lost meanwhile is struck off. */
export async function waitingHere(person: Id): Promise<{ kept: Kept; file: File }[]> {
  const all = await keptOf(person);
  const filmed = await beingFilmed(); // asked after: a take is locked before it is in the list
  const found = await Promise.all(all.filter(({ lesson }) => !filmed.has(lesson)).map(async (kept) => {
    const file = await fileOf(kept);
    if (!file) await discard(kept);
    return file ? [{ kept, file }] : [];
  }));
  return found.flat();
}

async function answered(call: () => Promise<unknown>): Promise<void> {
  const backoff = new Backoff(1_000, 8_000);
  for (;;) {
    try {
      return void (await call());
    } catch (error) {
      const problem = asProblem(error);
      // Signed out: it goes on after signing in again, here or in another tab.
      if (!problem.passing && problem.status !== 401) throw problem;
      await pause(problem.retryAfterMs ?? backoff.next());
    }
  }
}

function note(kept: Signal<Kept>, change: Partial<Kept>): void {
  kept.value = { ...kept.peek(), ...change };
  void keep(kept.value).catch(() => undefined);
}

function mark(lesson: Id, on: boolean): void {
  const now = new Set(sending.peek());
  if (on) now.add(lesson);
  else now.delete(lesson);
  sending.value = now;
}

function say(lesson: Id, text: string | null): void {
  const now = new Map(refusals.peek());
  if (text) now.set(lesson, text);
  else now.delete(lesson);
  refusals.value = now;
}
