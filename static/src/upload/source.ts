import { digest, type Hashed } from "../ids/digest";

/**
 * What is sent: a picked file, a smaller copy of it, its sound, or a recording that still grows. Read in pieces, so that an hour of
 * video never has to fit in memory.
 */
export interface Source {
  readonly name: string;
  readonly type: string;
  /** Bytes in all; null while it still grows and nobody can know. Once told it stays. */
  readonly size: number | null;
  /** Bytes from the start that can be read by now, and will not change any more. */
  readonly available: number;
  /** Bytes [offset, end) of what is available. Throws `Unreadable`. */
  read(offset: number, end: number): Promise<ArrayBuffer>;
  /** Finds this very file's upload again, on any device; null for what has no other name than its upload's id. */
  fingerprint(): Promise<string | null>;
  /** Resolves when there is more than `available` was, or when `size` has become known. Only what grows has it. */
  grown?(): Promise<void>;
}

/** The file cannot be read any more: it was moved, changed, or the card it is on was taken out. */
export class Unreadable extends Error {}

const SAMPLE = 256 * 1024;

/** A whole file: picked, dropped, or one of our own in the browser's private folder. */
export class FileSource implements Source {
  readonly name: string;
  readonly type: string;
  readonly size: number;

  constructor(readonly file: File) {
    this.name = file.name;
    this.type = file.type || "application/octet-stream";
    this.size = file.size;
  }

  get available(): number {
    return this.size;
  }

  read(offset: number, end: number): Promise<ArrayBuffer> {
    return bytesOf(this.file.slice(offset, end), end - offset);
  }

  /** SHA-256 of its first and last 256 KiB and its size: says whether it is the same file, without reading all of it. */
  async fingerprint(): Promise<string> {
    const { file } = this;
    const ends = new Blob([file.slice(0, SAMPLE), file.slice(Math.max(0, file.size - SAMPLE)), String(file.size)]);
    return (await hashed(() => bytesOf(ends, ends.size))).sha256;
  }
}

export const readHashed = (source: Source, offset: number, end: number): Promise<Hashed> => hashed(() => source.read(offset, end));

async function hashed(read: () => Promise<ArrayBuffer>): Promise<Hashed> {
  try {
    return await digest(await read());
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    // The hashing worker may have been refused; the second time the page itself does the work.
    return digest(await read());
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
