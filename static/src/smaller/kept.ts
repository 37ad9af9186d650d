import { get } from "../api/http";
import type { Id, LessonSnapshot } from "../api/shapes";
import type { Role } from "../upload/transfer";
import { type Aim, FOLDER } from "./film";
import { rememberFilms } from "./here";

/**
 * Films of our own making in the browser's private folder, as the page sees them: whole ones survive a restart, so that
 * their upload goes on without picking anything. One a lesson and role; none outlives its lesson's arrival, or two weeks.
 */

/** Written beside the film when it is whole. */
export interface Note {
  lesson: Id;
  person: Id;
  role: Kept;
  /** Fingerprint of the original, and what was asked for: another of either is made anew. */
  of: string;
  aim: Aim | null;
  /** How it is called where it goes, and what it is. */
  name: string;
  type: string;
  at: number;
}

export type Kept = Extract<Role, "small" | "sound">;

const LONGEST_MS = 14 * 24 * 3600 * 1000;

/** The name under which it lies. */
export const shelfOf = (lesson: Id, role: Kept): string => `${role}-${lesson}`;

/** Whether this browser has such a folder, and a worker may write to it. */
export function canKeep(): boolean {
  return typeof Worker === "function" && typeof navigator.storage?.getDirectory === "function" && typeof FileSystemFileHandle === "function";
}

/** The whole film that is kept for this lesson of this person, as a file of its own. */
export async function kept(lesson: Id, role: Kept, person: Id): Promise<{ note: Note; file: File } | null> {
  if (!canKeep()) return null;
  try {
    const films = await folder();
    const name = shelfOf(lesson, role);
    const note = await noteAt(films, name);
    if (!note || note.person !== person) return null;
    const raw = await (await films.getFileHandle(name)).getFile();
    return { note, file: new File([raw], note.name, { type: note.type, lastModified: note.at }) };
  } catch {
    return null;
  }
}

export async function forgetKept(lesson: Id, ...roles: Kept[]): Promise<void> {
  if (!canKeep()) return;
  try {
    const films = await folder();
    for (const role of roles) await remove(films, shelfOf(lesson, role));
  } catch { /* there is no folder */ }
}

/** Removes what is too old, and what was never finished. What another tab is writing holds itself fast. */
export async function tidy(now: number = Date.now()): Promise<void> {
  if (!canKeep()) return;
  try {
    const films = await folder();
    for (const name of await names()) {
      const note = await noteAt(films, name);
      if (!note || now - note.at > LONGEST_MS) await remove(films, name);
    }
  } catch { /* there is no folder */ }
}

/**
 * Who left before their lesson could be watched need not come back to its page: what was made for it goes with the next
 * visit. What lessons of others left here goes by its age alone.
 */
export async function letArrivedGo(person: Id, busy: (lesson: Id) => boolean): Promise<void> {
  await tidy();
  let left = false;
  for (const name of await names()) {
    const note = await noteAt(await folder(), name);
    const mine = note?.person === person && !busy(note.lesson);
    if (mine && (await canBeWatched(note.lesson))) await forgetKept(note.lesson, note.role);
    else left = true;
  }
  rememberFilms(left);
}

async function canBeWatched(lesson: Id): Promise<boolean> {
  try {
    const { lesson: { state } } = await get<LessonSnapshot>(`/api/lessons/${lesson}`);
    return state === "watchable" || state === "ready";
  } catch {
    return false;
  }
}

/** Of what lies in the folder, a film and its note once. */
async function names(): Promise<Set<string>> {
  const found = new Set<string>();
  try {
    for await (const name of ((await folder()) as unknown as { keys(): AsyncIterable<string> }).keys()) found.add(name.replace(/\.json$/, ""));
  } catch { /* there is no folder */ }
  return found;
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
}

async function noteAt(films: FileSystemDirectoryHandle, name: string): Promise<Note | null> {
  try {
    return JSON.parse(await (await (await films.getFileHandle(`${name}.json`)).getFile()).text()) as Note;
  } catch {
    return null;
  }
}

async function remove(films: FileSystemDirectoryHandle, name: string): Promise<void> {
  // The film first: while somebody writes it this is refused, and the note stays as it is.
  await films.removeEntry(name).catch(() => undefined);
  await films.removeEntry(`${name}.json`).catch(() => undefined);
}
