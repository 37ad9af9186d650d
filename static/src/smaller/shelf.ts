import { FOLDER } from "./film";

/**
 * The browser's private folder for films, as the worker sees it. A film lies under its name; a note beside it, with the
 * ending `.json` and written last, says whose it is and that it is whole. What has no note was never finished.
 */

export async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

export interface Piece { type: "write"; data: Uint8Array<ArrayBuffer>; position: number }

interface Sync {
  write(bytes: Uint8Array | ArrayBuffer, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** A place that is written at any offset. Only workers may open one; another tab that has it open makes this throw. */
export async function place(name: string): Promise<Sync> {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const sync = await (handle as unknown as { createSyncAccessHandle(): Promise<Sync> }).createSyncAccessHandle();
  sync.truncate(0);
  return sync;
}

/** What a muxer writes, into a place. `check` throws what went wrong while writing: not every muxer passes that on. */
export function into(to: Sync): { stream: WritableStream<Piece>; check(): void } {
  let trouble: unknown = null;
  const stream = new WritableStream<Piece>({
    write({ data, position }) {
      try {
        put(to, data, position);
      } catch (error) {
        trouble = error;
        throw error;
      }
    },
  });
  return {
    stream,
    check() {
      if (trouble !== null) throw trouble;
    },
  };
}

/** Throws what `full` recognises where the device has no room. */
function put(to: Sync, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const rest = bytes.subarray(done);
    const written = to.write(rest, { at: at + done });
    // Chromium on a full device does not throw: it says 4294967288, an error of -8 without its sign.
    if (written <= 0 || written > rest.length) throw new DOMException("no room", "QuotaExceededError");
    done += written;
  }
}

export async function note(name: string, text: string): Promise<void> {
  const to = await place(`${name}.json`);
  try {
    put(to, new TextEncoder().encode(text), 0);
    to.flush();
  } finally {
    to.close();
  }
}

export async function read(name: string): Promise<File> {
  return (await (await folder()).getFileHandle(name)).getFile();
}

export async function drop(name: string): Promise<void> {
  const films = await folder();
  for (const one of [`${name}.json`, name]) await films.removeEntry(one).catch(() => undefined);
}

export const full = (error: unknown): boolean => error instanceof DOMException && error.name === "QuotaExceededError";
