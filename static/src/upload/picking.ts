import type { Id } from "../api/shapes";
import { FileSource } from "./source";

/** Files as a person picked them; where the browser gives handles, they are remembered by file. */

const TYPES = ["mp4", "mov", "m4v", "mkv", "webm", "avi", "mts", "3gp"].map((end) => `.${end}` as const);
export const ACCEPT = `video/*,${TYPES.join()}`;

interface Picker { showOpenFilePicker?(how: object): Promise<FileSystemFileHandle[]> }
const picker = globalThis as typeof globalThis & Picker;
const handles = new WeakMap<File, FileSystemFileHandle>();

export const givesHandles = (): boolean => typeof picker.showOpenFilePicker === "function" && typeof indexedDB === "object";

/** Null when they changed their mind. Throws where the browser will not: then its plain way is used. */
export async function pickWithHandles(multiple: boolean): Promise<File[] | null> {
  let picked: FileSystemFileHandle[];
  try {
    picked = await picker.showOpenFilePicker!({ multiple, types: [{ accept: { "video/*": TYPES } }] });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
  return Promise.all(picked.map(async (handle) => {
    const file = await handle.getFile();
    handles.set(file, handle);
    return file;
  }));
}

/** Where its code does not come, the file is picked once more. */
const shelf = (): Promise<typeof import("./handles") | null> => import("./handles").catch(() => null);

/** After a reload this very file can be had again with one click. */
export async function remember(lesson: Id, source: unknown): Promise<void> {
  const handle = source instanceof FileSource && handles.get(source.file);
  if (handle) await (await shelf())?.keepHandle(lesson, handle);
}

/** Its video has arrived, or was given up. */
export async function letGo(lesson: Id): Promise<void> {
  if (givesHandles()) await (await shelf())?.dropHandle(lesson);
}

/** `fractions_5b-2.MOV` as a lesson's title: `fractions 5b 2`. */
export function titleFrom(name: string): string {
  return name.replace(/\.\w{1,5}$/, "").replace(/[_\s-]+/g, " ").trim().slice(0, 200);
}

/** The next time it is so late by this device's clock, in milliseconds since 1970. */
export function nextAt(hour: number, now: Date): number {
  const at = new Date(now);
  at.setHours(hour, 0, 0, 0);
  if (at <= now) at.setDate(at.getDate() + 1);
  return at.getTime();
}
