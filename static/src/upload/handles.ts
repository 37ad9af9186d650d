import type { Id } from "../api/shapes";

/**
 * Where the browser lets a page keep hold of a picked file (Chromium on a desk), going on is one click. Kept in this
 * browser alone, by lesson, until the video has arrived. A browser that forgets it costs one more click.
 */

const NAME = "farfield-files";
const STORE = "handles";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => void asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("no database"));
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  try {
    const base = await open();
    try {
      return await new Promise<T>((resolve, reject) => {
        const asked = ask(base.transaction(STORE, mode).objectStore(STORE));
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error ?? new Error("not stored"));
      });
    } finally {
      base.close();
    }
  } catch {
    return null; // Private windows and full disks: the file is picked again.
  }
}

export const keepHandle = (lesson: Id, handle: FileSystemFileHandle): Promise<unknown> => inStore("readwrite", (store) => store.put(handle, lesson));
export const dropHandle = (lesson: Id): Promise<unknown> => inStore("readwrite", (store) => store.delete(lesson));
export const handleOf = async (lesson: Id): Promise<FileSystemFileHandle | null> =>
  (await inStore<FileSystemFileHandle | undefined>("readonly", (store) => store.get(lesson))) ?? null;

/** The file again, if the person lets us. To be called on a click: the browser may ask them. */
export async function fileOf(handle: FileSystemFileHandle): Promise<File | null> {
  try {
    const asking = handle as FileSystemFileHandle & { requestPermission?(how: { mode: "read" }): Promise<PermissionState> };
    if (asking.requestPermission && (await asking.requestPermission({ mode: "read" })) !== "granted") return null;
    return await handle.getFile();
  } catch {
    return null; // moved, renamed, or on a card that is out
  }
}
