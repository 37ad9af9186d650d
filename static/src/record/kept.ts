import type { Id } from "../api/shapes";
import { storeIn } from "../device/database";
import { rememberFilmed } from "./here";

/** Why a take is over; null for one that goes on, or that the page did not live to end. */
export type Ending = "stopped" | "camera" | "microphone" | "full" | "long" | "recorder";

/** What is known of a recording beside its bytes. All its ids are made here, so filming needs no network. */
export interface Kept {
  lesson: Id;
  upload: Id;
  /** The id of the command that makes the lesson. */
  command: Id;
  cycle: Id;
  person: Id;
  title: string;
  release: boolean;
  /** Of the file, in the browser's private folder. */
  file: string;
  type: string;
  /** ISO, UTC. */
  begun_at: string;
  /** As far as it was written. */
  duration_ms: number;
  ending: Ending | null;
  /** Stretches in which the page was in the background or the camera stood still, in ms of the recording. */
  away: [number, number][];
  /** The teacher wants it sent. */
  send: boolean;
  /** The server knows the lesson. */
  created: boolean;
  /** The server has all of it; the file stays until it can be watched there. */
  sent: boolean;
}

const within = storeIn("farfield-recordings", "takes", { keyPath: "lesson" });

export async function keep(one: Kept): Promise<void> {
  await within("readwrite", (store) => store.put(one));
  rememberFilmed(true);
}

/** Somebody else at the same device does not get to see them. The newest first. */
export async function keptOf(person: Id): Promise<Kept[]> {
  const all = await within("readonly", (store) => store.getAll() as IDBRequest<Kept[]>);
  if (all.length === 0) rememberFilmed(false);
  return all.filter((one) => one.person === person).sort((a, b) => b.begun_at.localeCompare(a.begun_at));
}

const folder = (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory();

/** The recording as it lies here; null when the browser has lost it, or nothing was written. Throws where it cannot tell. */
export async function fileOf(one: Kept): Promise<File | null> {
  try {
    const file = await (await (await folder()).getFileHandle(one.file)).getFile();
    return file.size > 0 ? file : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

export async function discard(one: Kept): Promise<void> {
  await (await folder()).removeEntry(one.file).catch(() => undefined);
  await within("readwrite", (store) => store.delete(one.lesson));
  await keptOf(one.person);
}

const lockOf = (lesson: Id): string => `farfield.take.${lesson}`;

/** Held while a recording is made here. Null: another tab has it. */
export function claim(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return void resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
  });
}

export const claimTake = (lesson: Id): Promise<(() => void) | null> => claim(lockOf(lesson));

/** The lessons that some tab is filming right now. */
export async function beingFilmed(): Promise<Set<Id>> {
  const { held = [] } = await navigator.locks.query();
  const start = lockOf("");
  return new Set(held.map(({ name = "" }) => name).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)));
}
