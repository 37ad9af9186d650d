import { type Signal, signal } from "@preact/signals";
import { get, post, remove } from "../api/http";
import { asProblem, Problem } from "../api/problem";
import type { Complete, Id, StartUpload, StoredBlock, Upload } from "../api/shapes";
import type { Hashed } from "../ids/digest";
import { newId } from "../ids/uuid";
import { Backoff, pause } from "../live/backoff";
import { bytesOf, cover, gaps, nextRange, Pace, type Range } from "./plan";
import { putBlock } from "./put";
import { fingerprint, readHashed, Unreadable } from "./source";

/** What the file becomes: the video of a lesson, or a file beside the plan of a cycle. */
export interface Target { kind: "lesson" | "resource"; id: Id }

export type Phase = "waiting" | "reading" | "checking" | "sending" | "finishing" | "done" | "stopped" | "repick" | "gone";
export type Waiting = "link" | "store" | "portal" | "signed_out";

export interface Standing {
  phase: Phase;
  /** Bytes the server has. */
  stored: number;
  /** Bytes of the block on the wire that were handed to the network. */
  handed: number;
  rate: number | null;
  waiting: { why: Waiting; until: number } | null;
  restarted: boolean;
  /** A sentence of the server's, for the phase `stopped`. */
  detail: string;
}

type Prepared = Range & { hashed: Promise<Hashed> };
const DAMAGED_BEFORE_REPICK = 3;

/** One file on its way: one lane, never giving up while the page is open, the server's listing always the truth. */
export class Transfer {
  readonly standing: Signal<Standing>;
  private readonly stop = new AbortController();
  private readonly pace = new Pace();
  private readonly backoff = new Backoff(500, 8_000);
  /** The upload's id; where one of the same file is open already, it becomes that one's. */
  upload: Id = newId();
  readonly key: Id = this.upload;
  private blocks: StoredBlock[] = [];
  private prepared: Prepared | null = null;
  private damaged = 0;

  constructor(
    readonly to: Target,
    readonly file: File,
    /** Resolves when no words are waiting to be sent: they go before pictures. */
    private readonly wordsFirst: () => Promise<void>,
  ) {
    this.standing = signal<Standing>({
      phase: "waiting", stored: 0, handed: 0, rate: null, waiting: null, restarted: false, detail: "",
    });
  }

  /** The lesson whose video it is; empty for a file beside a plan. */
  get lesson(): Id {
    return this.to.kind === "lesson" ? this.to.id : "";
  }

  get ended(): boolean {
    return ["done", "stopped", "repick", "gone"].includes(this.standing.value.phase);
  }

  async run(): Promise<void> {
    this.say({ phase: "reading" });
    try {
      await this.open();
      while (!this.stop.signal.aborted && !(await this.finished())) await this.sendOne();
      if (!this.stop.signal.aborted) this.say({ phase: "done", stored: this.file.size, handed: 0, waiting: null });
    } catch (error) {
      if (this.stop.signal.aborted) return;
      this.end(error);
    }
  }

  /** Stops for good and lets the server forget what arrived. */
  async cancel(): Promise<void> {
    this.stop.abort();
    this.say({ phase: "stopped", waiting: null });
    await remove(`/api/uploads/${this.upload}`).catch(() => undefined);
  }

  private async open(): Promise<void> {
    const print = await fingerprint(this.file);
    const found = await this.create(print);
    if (found.blocks.length > 0) {
      this.say({ phase: "checking" });
      if (!(await this.matches(cover(found.blocks, this.file.size)))) {
        await this.persist(() => remove(`/api/uploads/${this.upload}`));
        this.upload = newId();
        await this.create(print);
        this.say({ restarted: true });
      }
    }
    this.say({ phase: "sending" });
  }

  /** The same target and fingerprint give the upload that is open already, with what it has. */
  private async create(print: string): Promise<Upload> {
    const { kind, id } = this.to;
    const path = kind === "lesson" ? `/api/lessons/${id}/uploads` : `/api/cycles/${id}/resources`;
    const found = await this.persist(() => post<Upload>(path, {
      id: this.upload, role: kind === "lesson" ? "original" : "resource", size: this.file.size, name: this.file.name,
      content_type: this.file.type || "application/octet-stream", fingerprint: print,
    } satisfies StartUpload));
    this.upload = found.id;
    this.know(found.blocks);
    return found;
  }

  /** Re-hashes the first, the last and two random blocks of what the server has. */
  private async matches(stored: StoredBlock[]): Promise<boolean> {
    const some = new Set([0, stored.length - 1, random(stored.length), random(stored.length)]);
    for (const n of some) {
      const block = stored[n];
      if (block && (await readHashed(this.file, block.offset, block.end)).sha256 !== block.sha256) return false;
    }
    return true;
  }

  private async sendOne(): Promise<void> {
    const range = this.next(0);
    if (!range) return;
    const block = this.prepare(range);
    const { bytes, sha256 } = await block.hashed;
    await this.wordsFirst();
    const ahead = this.next(range.end);
    if (ahead) this.prepare(ahead); // read and hashed while this one is on the wire
    const begun = performance.now();
    try {
      await putBlock(this.upload, range.offset, bytes, sha256, {
        onHanded: (handed) => this.say({ handed, waiting: null }), rate: this.pace.rate, signal: this.stop.signal,
      });
      this.pace.stored(range.end - range.offset, performance.now() - begun);
      this.backoff.reset();
      this.damaged = 0;
      this.know([...this.blocks, { ...range, sha256 }]);
    } catch (error) {
      await this.recover(asProblem(error));
    }
  }

  /** After any lost block the listing is asked first: it may have arrived although the answer did not. */
  private async recover(problem: Problem): Promise<void> {
    if (this.stop.signal.aborted) return;
    this.prepared = null;
    if (problem.slug === "block_damaged") {
      if (++this.damaged >= DAMAGED_BEFORE_REPICK) throw new Unreadable();
    } else if (!problem.passing && problem.status !== 401 && problem.slug !== "upload_ended") {
      throw problem;
    }
    if (problem.status === 0) this.pace.lost();
    await this.wait(problem);
    const now = await this.persist(() => get<Upload>(`/api/uploads/${this.upload}`));
    if (now.state !== "open" && now.state !== "completed" && now.state !== "assembled") {
      throw new Problem("upload_ended", 409, "");
    }
    this.know(now.blocks);
  }

  private async finished(): Promise<boolean> {
    const chosen = cover(this.blocks, this.file.size);
    if (gaps(chosen, this.file.size).length > 0) return false;
    this.say({ phase: "finishing", handed: 0 });
    try {
      await this.persist(() => post(`/api/uploads/${this.upload}/complete`, { size: this.file.size, blocks: chosen } satisfies Complete));
      return true;
    } catch (error) {
      if (asProblem(error).slug !== "blocks_missing") throw error;
      // The listing was older than we thought: take it again and send exactly what it lacks.
      const now = await this.persist(() => get<Upload>(`/api/uploads/${this.upload}`));
      this.know(now.blocks);
      this.say({ phase: "sending" });
      await pause(this.backoff.next(), this.stop.signal);
      return false;
    }
  }

  private next(from: number): Range | null {
    return nextRange(gaps(cover(this.blocks, this.file.size), this.file.size), this.pace.blockLength, from);
  }

  private prepare(range: Range): Prepared {
    const ready = this.prepared;
    if (ready && ready.offset === range.offset) {
      range.end = ready.end; // what was read ahead is sent as it was read, whatever the pace says now
      return ready;
    }
    const hashed = readHashed(this.file, range.offset, range.end);
    hashed.catch(() => undefined); // looked at when its turn comes
    this.prepared = { ...range, hashed };
    return this.prepared;
  }

  /** Repeats a call until it is answered by Farfield. Throws only what waiting cannot mend. */
  private async persist<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const answer = await attempt();
        this.say({ waiting: null });
        this.backoff.reset();
        return answer;
      } catch (error) {
        const problem = asProblem(error);
        if (this.stop.signal.aborted || (!problem.passing && problem.status !== 401)) throw problem;
        await this.wait(problem);
      }
    }
  }

  private async wait(problem: Problem): Promise<void> {
    const why = reason(problem);
    const ms = why === "portal" ? 15_000 : why === "signed_out" ? 5_000 : problem.retryAfterMs ?? this.backoff.next();
    this.say({ handed: 0, waiting: { why, until: Date.now() + ms } });
    await pause(ms, this.stop.signal);
  }

  private know(blocks: StoredBlock[]): void {
    this.blocks = blocks;
    const stored = bytesOf(cover(blocks, this.file.size));
    this.say({ stored, handed: 0, rate: this.pace.rate });
  }

  private end(error: unknown): void {
    if (error instanceof Unreadable) return this.say({ phase: "repick", waiting: null });
    const problem = asProblem(error);
    const gone = problem.status === 404 || problem.slug === "upload_ended";
    this.say({ phase: gone ? "gone" : "stopped", detail: problem.detail, waiting: null });
  }

  private say(change: Partial<Standing>): void {
    this.standing.value = { ...this.standing.value, ...change };
  }
}

function reason(problem: Problem): Waiting {
  if (problem.status === 401) return "signed_out";
  if (problem.slug === "not_farfield") return "portal";
  return problem.slug === "storage_unavailable" ? "store" : "link";
}

const random = (below: number): number => Math.floor(Math.random() * below);
