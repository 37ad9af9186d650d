import { digest, type Hashed } from "../ids/digest";

/** The picked file, read in pieces. */

const SAMPLE = 256 * 1024;

/** The file cannot be read any more: it was moved, changed, or the card it is on was taken out. */
export class Unreadable extends Error {}

export async function readHashed(file: File, offset: number, end: number): Promise<Hashed> {
  try {
    return await digest(await bytesOf(file.slice(offset, end), end - offset));
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    // The hashing worker may have been refused; the second time the page itself does the work.
    return digest(await bytesOf(file.slice(offset, end), end - offset));
  }
}

/** Says whether it is the same file, without reading all of it: SHA-256 of its first and last 256 KiB and its size. */
export async function fingerprint(file: File): Promise<string> {
  const ends = new Blob([file.slice(0, SAMPLE), file.slice(Math.max(0, file.size - SAMPLE)), String(file.size)]);
  const length = Math.min(SAMPLE, file.size) + Math.min(SAMPLE, file.size) + String(file.size).length;
  try {
    return (await digest(await bytesOf(ends, length))).sha256;
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    return (await digest(await bytesOf(ends, length))).sha256;
  }
}

async function bytesOf(piece: Blob, length: number): Promise<ArrayBuffer> {
  let bytes: ArrayBuffer;
  try {
    bytes = await piece.arrayBuffer();
  } catch {
    throw new Unreadable();
  }
  if (bytes.byteLength !== length) throw new Unreadable();
  return bytes;
}
