import { computed, signal } from "@preact/signals";
import { post, remove } from "../api/http";
import { asProblem } from "../api/problem";
import type { Id, Unnumbered } from "../api/shapes";
import { newId } from "../ids/uuid";
import { Backoff, pause } from "../live/backoff";
import { arrived, awaited, type EndUpload, type Shown, type Unsent } from "./command";
import { load, save, signedIn, strike } from "./shelf";

/**
 * Commands on their way. Each keeps its command id for ever, so that sending it again, from here, from another tab or
 * after a reload, changes nothing twice. One that was refused stays, with the reason, until its author decides.
 */
export const unsent = signal<readonly Unsent[]>([]);
export const somethingToSend = computed(() => unsent.value.some(waiting));
/** Uploads that were given up here, and of which the server has not heard. */
export const uploadsToEnd = computed(() => unsent.value.flatMap(({ body }) => (body.type === "end_upload" ? [body.upload] : [])));
/** The last try did not get through: what waits is kept here, and said to be. */
export const heldUp = signal(false);

let person: Id | null = null;
let draining = false;
let last = 0;
let onPage: Shown = () => undefined;
/** How often the server failed on a command. Words behind one that always fails must not wait for it for ever. */
const faults = new Map<Id, number>();
const FAULTS_BEFORE_ASIDE = 5;
const backoff = new Backoff(500, 15_000);

export function openOutbox(owner: Id): void {
  if (person !== owner) unsent.value = load(owner);
  person = owner;
  void drain();
}

export function closeOutbox(): void {
  person = null;
  unsent.value = [];
}

/** Takes a command without its id, keeps it on this device, and sends it as soon as it can. */
export function submit(path: string, body: Unnumbered | Omit<EndUpload, "id">): void {
  const id = newId();
  last = Math.max(Date.now(), last + 1);
  const item: Unsent = { id, order: last, path, body: { id, ...body }, refused: null, answered: false };
  unsent.value = [...unsent.value, item];
  if (person) save(person, item);
  void drain();
}

/** What the page shows now: commands whose events have come are done. */
export function confirm(shown: Shown): void {
  onPage = shown;
  settle((item) => arrived(item, shown));
}

/** Forgets what was answered and will be in the next snapshot anyway. */
export function forgetAnswered(): void {
  onPage = () => undefined;
  settle((item) => item.answered);
}

/** Puts a command in the place of those that wait for the same and say less, as how far one has read. */
export function submitLatest(path: string, body: Unnumbered): void {
  settle((item) => item.path === path && item.body.type === body.type && !item.answered);
  submit(path, body);
}

/** Lets the server forget what has arrived of an upload, as soon as it can be told. */
export function endUpload(upload: Id): void {
  submit(`/api/uploads/${upload}`, { type: "end_upload", upload });
}

export function sendAgain(id: Id): void {
  faults.delete(id);
  change(id, { refused: null, theirs: null });
  void drain();
}

export function discard(id: Id): void {
  settle((item) => item.id === id);
}

function waiting(item: Unsent): boolean {
  return !item.answered && item.refused === null;
}

function settle(done: (item: Unsent) => boolean): void {
  const finished = unsent.value.filter(done);
  if (finished.length === 0) return;
  unsent.value = unsent.value.filter((item) => !done(item));
  if (person) for (const item of finished) strike(person, item.id);
}

function change(id: Id, to: Partial<Unsent>): void {
  unsent.value = unsent.value.map((item) => (item.id === id ? { ...item, ...to } : item));
  const item = unsent.value.find((one) => one.id === id);
  if (item && person && !item.answered) save(person, item);
}

function failsAlways(id: Id, status: number): boolean {
  if (status !== 500) return false;
  faults.set(id, (faults.get(id) ?? 0) + 1);
  return faults.get(id)! >= FAULTS_BEFORE_ASIDE;
}

function current({ text, revision }: Record<string, unknown>): { text: string; revision: number } {
  return { text: String(text), revision: Number(revision) };
}

async function drain(): Promise<void> {
  if (draining) return;
  draining = true;
  try {
    for (;;) {
      const owner = person;
      const next = unsent.value.find(waiting);
      if (!owner || !next) return;
      // Another tab may have signed in as somebody else: these words must not go out under that name.
      if ((signedIn() ?? owner) !== owner) return;
      try {
        await (next.body.type === "end_upload" ? remove(next.path) : post(next.path, next.body));
        backoff.reset();
        heldUp.value = false;
        strike(owner, next.id);
        if (awaited(next)) {
          change(next.id, { answered: true });
          settle((item) => arrived(item, onPage));
        } else unsent.value = unsent.value.filter(({ id }) => id !== next.id);
      } catch (error) {
        const problem = asProblem(error);
        if (problem.status === 401) return;
        heldUp.value = (problem.passing || problem.status < 0) && !failsAlways(next.id, problem.status);
        if (heldUp.value) await pause(problem.retryAfterMs ?? backoff.next());
        else if (next.body.type === "end_upload") discard(next.id); // it ended otherwise, or was never begun there
        else change(next.id, { refused: problem.detail, theirs: problem.slug === "edited_meanwhile" ? current(problem.body) : null });
      }
    }
  } finally {
    draining = false;
  }
}
