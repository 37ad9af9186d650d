import type { Id } from "../api/shapes";
import { storeIn } from "../device/database";

/**
 * Where the browser lets a page keep hold of a picked file (Chromium on a desk), going on is one click. Kept in this
 * browser alone, by lesson, until the video has arrived. A browser that forgets it costs one more click.
 */

const within = storeIn("farfield-files", "handles");

/** Private windows and full disks: the file is picked again. */
const nothing = (): null => null;

export const keepHandle = (lesson: Id, handle: FileSystemFileHandle): Promise<unknown> => within("readwrite", (store) => store.put(handle, lesson)).catch(nothing);
export const dropHandle = (lesson: Id): Promise<unknown> => within("readwrite", (store) => store.delete(lesson)).catch(nothing);
export const handleOf = async (lesson: Id): Promise<FileSystemFileHandle | null> =>
  (await within<FileSystemFileHandle | undefined>("readonly", (store) => store.get(lesson)).catch(nothing)) ?? null;

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
