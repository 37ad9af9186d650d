import { FileSource, type Source, Unreadable } from "../upload/source";
import type { Answer, Order } from "./file.worker";
import { fileOf, type Kept } from "./kept";

/** The private folder took no more, or was never there. `full` tells the two apart. */
export class NotWritten extends Error {
  constructor(readonly full: boolean) {
    super();
  }
}

type Wish = Order extends infer One ? One extends Order ? Omit<One, "id"> : never : never;

const start = (): Worker => new Worker(new URL("./file.worker.ts", import.meta.url), { type: "module" });
let ready: Worker | null = null;

/** Loads the code that writes while there is a network: at the start of the lesson there may be none. */
export function getReady(): void {
  ready ??= start();
}

/** A recording while it is made: appended to piece by piece, and sent from what is there by now. */
export class GrowingFile implements Source {
  size: number | null = null;
  available = 0;
  private readonly worker = ready ?? start();
  private readonly waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: unknown) => void }>();
  private readonly hoping = new Set<() => void>();
  private orders = 0;
  private closed: File | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(readonly name: string, readonly type: string, private readonly kept: Kept) {
    ready = null;
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const one = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.error) one?.reject(new NotWritten(data.error === "QuotaExceededError"));
      else one?.resolve(data);
    };
    this.worker.onerror = () => {
      for (const { reject } of this.waiting.values()) reject(new NotWritten(false));
      this.waiting.clear();
    };
  }

  /** Throws `NotWritten` where the browser has no such folder. */
  async open(): Promise<void> {
    await this.ask({ do: "open", file: this.kept.file });
  }

  /** Resolves when it is on the disk. In the order of the calls, however long each piece takes to be read. */
  append(piece: Blob): Promise<void> {
    const done = this.last.then(async () => {
      const bytes = await piece.arrayBuffer();
      const { size } = await this.ask({ do: "append", bytes }, [bytes]);
      this.available = size ?? this.available;
      this.tell();
    });
    this.last = done.catch(() => undefined);
    return done;
  }

  /** No more comes: from here on it has a size. */
  async close(): Promise<void> {
    await this.last;
    await this.ask({ do: "close" }).catch(() => undefined);
    this.worker.terminate();
    this.closed = await fileOf(this.kept).catch(() => null);
    this.size = this.available;
    this.tell();
  }

  async read(offset: number, end: number): Promise<ArrayBuffer> {
    if (this.closed) return new FileSource(this.closed).read(offset, end);
    const { bytes } = await this.ask({ do: "read", offset, end }).catch(() => ({ bytes: undefined }));
    if (bytes?.byteLength === end - offset) return bytes;
    // It may have been closed while we asked.
    if (this.closed) return new FileSource(this.closed).read(offset, end);
    throw new Unreadable();
  }

  fingerprint(): Promise<null> {
    return Promise.resolve(null);
  }

  grown(): Promise<void> {
    return this.size !== null ? Promise.resolve() : new Promise((resolve) => this.hoping.add(resolve));
  }

  private tell(): void {
    for (const resolve of this.hoping) resolve();
    this.hoping.clear();
  }

  private ask(wish: Wish, transfer: Transferable[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = ++this.orders;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...wish, id }, transfer);
    });
  }
}

/** A recording of an earlier visit. It is known by its upload's id, as it was while it grew. */
export class KeptFile implements Source {
  readonly size: number;
  readonly available: number;
  private readonly whole: FileSource;

  constructor(readonly name: string, readonly type: string, file: File) {
    this.whole = new FileSource(file);
    this.size = this.available = file.size;
  }

  read(offset: number, end: number): Promise<ArrayBuffer> {
    return this.whole.read(offset, end);
  }

  fingerprint(): Promise<null> {
    return Promise.resolve(null);
  }
}
