import { effect, type Signal, signal } from "@preact/signals";
import { asProblem, Problem, unreachable } from "../api/problem";
import type { Complete, Id, StartUpload, StoredBlock, Upload } from "../api/shapes";
import type { Hashed } from "../ids/digest";
import { newId } from "../ids/uuid";
import { Backoff } from "../live/backoff";
import { callWithin } from "./calls";
import { answer, busy, type Flying, type Link, secondsOfBlock, silence, STRICT_MS, untilNext } from "./lane";
import { alone, lockOf } from "./lock";
import { cap, heldForWifi, line, longest, onlyWifi, rateBefore, rememberRate, shareOf } from "./manner";
import { bytesOf, cover, gaps, nextRange, Pace, type Range, without } from "./plan";
import { putBlock } from "./put";
import { reached, signs } from "./reach";
import { readHashed, type Source, Unreadable } from "./source";

export type Role = StartUpload["role"];

/** What the file becomes: a file of a lesson, or one beside the plan of a cycle. */
export interface Target { kind: "lesson" | "resource"; id: Id; role: Role }

export type Phase = "waiting" | "reading" | "checking" | "sending" | "finishing" | "done" | "stopped" | "repick" | "gone";
/** What is not there, and is tried again by itself. */
export type Waiting = "link" | "store" | "full" | "portal" | "signed_out" | "lesson";
/** Why nothing is sent although it could be. */
export type Held = "paused" | "night" | "wifi" | "other_tab" | "turn" | "growing";

export interface Standing {
  phase: Phase;
  /** Bytes the server has. */
  stored: number;
  /** Bytes of the blocks under way that were handed to the network. */
  handed: number;
  /** Bytes a second over the last minutes, cuts included; null before the first block. */
  rate: number | null;
  waiting: { why: Waiting } | null;
  held: Held | null;
  /** Another device was seen to send the same file. */
  company: boolean;
  restarted: boolean;
  /** A sentence of the server's, for the phase `stopped`. */
  detail: string;
}

export interface Options {
  /** The id of an upload to go on with, for what has no fingerprint. */
  upload?: Id;
  /** Whether it is this one's turn among several on the page. */
  myTurn?: (transfer: Transfer) => boolean;
  /** Uploads that were given up and are still open there: one of the same file would be gone on with, and then ended. */
  givenUp?: () => readonly Id[];
}

type Prepared = Range & { hashed: Promise<Hashed> };
type Flight = Range & Flying & { handed: number };

const DAMAGED_BEFORE_REPICK = 3;
const PORTAL_MS = 15_000;
const SIGNED_OUT_MS = 5_000;
/** A listing longer than this costs more than the block it may save. */
const LONG_LISTING = 1_000;
/** What grows is sent in pieces no smaller than this, until its end. */
const LEAST_GROWN = 128 * 1024;
const ROUTE_MEMORY_MS = 120_000;
/** "Too long" in words that are not Farfield's. */
const OF_A_FILTER = ["not_farfield", "status_413"];

/** One file on its way: one lane, never giving up while the page is open, the server's listing always the truth. */
export class Transfer {
  readonly standing: Signal<Standing>;
  readonly paused = signal(false);
  /** The moment (of `Date.now()`) before which nothing is sent. */
  readonly notBefore = signal(0);
  /** The upload's id; where one of the same file is open already, it becomes that one's. */
  upload: Id;
  readonly key: Id;
  private readonly stop = new AbortController();
  private readonly pace = new Pace(rateBefore());
  private readonly way = new Pace(null, ROUTE_MEMORY_MS);
  private readonly backoff = new Backoff(500, 8_000);
  private readonly sent = new Set<string>();
  private blocks: StoredBlock[] = [];
  private flights: Flight[] = [];
  /** Lost on the way, or only their answer was: the listing will tell. */
  private doubtful: Range[] = [];
  private prepared: Prepared | null = null;
  private trouble: Problem | null = null;
  private falls = 0;
  private damaged = 0;
  private latency = Infinity;
  private lastStored = 0;
  private wayFrom = 0;
  private strictUntil = 0;
  private notSooner = 0;
  private complete = false;
  private readonly waiters = new Set<() => void>();

  constructor(
    readonly to: Target,
    readonly source: Source,
    /** Resolves when no words are waiting to be sent: they go before pictures. */
    private readonly wordsFirst: () => Promise<void>,
    private readonly options: Options = {},
  ) {
    this.upload = this.key = options.upload ?? newId();
    this.standing = signal<Standing>({
      phase: "waiting", stored: 0, handed: 0, rate: null, waiting: null, held: null, company: false, restarted: false, detail: "",
    });
  }

  /** The lesson whose video it is; empty for a file beside a plan. */
  get lesson(): Id {
    return this.to.kind === "lesson" ? this.to.id : "";
  }

  /** Bytes in all, or as many as there are by now. */
  get size(): number {
    return this.source.size ?? this.source.available;
  }

  get ended(): boolean {
    return ["done", "stopped", "repick", "gone"].includes(this.standing.value.phase);
  }

  async run(): Promise<void> {
    const unwatch = this.watch();
    try {
      while (this.holds() && !this.stop.signal.aborted) await this.change(30_000);
      this.say({ phase: "reading" });
      await this.open();
      await alone(lockOf(this.upload), this.stop.signal, () => this.say({ held: "other_tab" }), async (waited) => {
        this.say({ held: null });
        if (waited) await this.refresh(true);
        await this.send();
      });
      if (!this.stop.signal.aborted) this.say({ phase: "done", stored: this.size, handed: 0, waiting: null, held: null });
    } catch (error) {
      if (!this.stop.signal.aborted) this.end(error);
    } finally {
      unwatch();
    }
  }

  /** Stops here; what arrived stays, and the file can be picked again. */
  leave(): void {
    this.stop.abort();
    this.nudge();
    this.say({ phase: "stopped", waiting: null });
  }

  /** Something outside has changed: look again whether it may go on. */
  nudge(): void {
    for (const wake of [...this.waiters]) wake();
  }

  private watch(): () => void {
    const over = new AbortController();
    const stop = effect(() => {
      void [this.paused.value, this.notBefore.value, cap.value, onlyWifi.value, line.value];
      queueMicrotask(() => this.nudge());
    });
    signs(() => this.nudge(), over.signal);
    return () => (stop(), over.abort());
  }

  private async open(): Promise<void> {
    const print = await this.source.fingerprint();
    for (const one of this.options.givenUp?.() ?? []) {
      await this.persist("DELETE", `/api/uploads/${one}`).catch(() => undefined); // it has ended otherwise
    }
    const found = await this.create(print);
    if (this.complete || found.blocks.length === 0) return;
    this.say({ phase: "checking" });
    if (await this.matches(cover(found.blocks, this.size))) return;
    await this.persist("DELETE", `/api/uploads/${this.upload}`);
    this.upload = newId();
    await this.create(print);
    this.say({ restarted: true });
  }

  /** The same target and fingerprint give the upload that is open already, with what it has. */
  private async create(print: string | null): Promise<Upload> {
    const { kind, id, role } = this.to;
    const path = kind === "lesson" ? `/api/lessons/${id}/uploads` : `/api/cycles/${id}/resources`;
    const found = await this.persist<Upload>("POST", path, {
      id: this.upload, role, size: this.source.size, name: this.source.name,
      content_type: this.source.type, fingerprint: print,
    } satisfies StartUpload);
    this.upload = found.id;
    for (const block of found.blocks) this.sent.add(place(block));
    this.take(found);
    return found;
  }

  /** What the store has by now, and what landed while it was asked. `ours`: blocks unknown so far are another tab's. */
  private async refresh(ours = false): Promise<void> {
    const before = new Set(this.blocks);
    const found = await this.persist<Upload>("GET", `/api/uploads/${this.upload}`);
    if (!ours && found.blocks.some((block) => !this.sent.has(place(block)))) this.say({ company: true });
    for (const block of found.blocks) this.sent.add(place(block));
    this.take({ ...found, blocks: [...found.blocks, ...this.blocks.filter((block) => !before.has(block))] });
  }

  private take({ state, blocks }: Upload): void {
    if (state === "completed" || state === "assembled") this.complete = true;
    else if (state !== "open") throw new Problem("upload_ended", 409, "");
    else this.know(blocks);
  }

  /** Re-hashes the first, the last and two random blocks of what the server has. */
  private async matches(stored: StoredBlock[]): Promise<boolean> {
    const some = new Set([0, stored.length - 1, random(stored.length), random(stored.length)]);
    for (const n of some) {
      const block = stored[n];
      if (block && (await readHashed(this.source, block.offset, block.end)).sha256 !== block.sha256) return false;
    }
    return true;
  }

  private async send(): Promise<void> {
    this.wayFrom = performance.now();
    while (!this.stop.signal.aborted && !this.complete) {
      this.say({ phase: "sending" });
      await this.fly();
      if (!this.stop.signal.aborted && !this.complete) await this.finish();
    }
  }

  /** Until the server has every block of a source that has its size. */
  private async fly(): Promise<void> {
    while (!this.stop.signal.aborted && !this.complete) {
      if (this.trouble) {
        if (this.flights.length > 0) await this.change();
        else await this.recover(this.trouble);
        continue;
      }
      const range = this.next();
      if (!range && this.flights.length === 0 && this.doubtful.length === 0) {
        if (this.source.size !== null) return;
        await this.grow();
      } else if (!range) await this.change();
      else {
        const { hashed } = this.prepare(range); // read and hashed while another is on the wire
        const ms = this.holds() ? 30_000 : this.soonest();
        if (ms > 0) await this.change(ms);
        else {
          const block = await hashed;
          await this.wordsFirst();
          this.launch(range, block);
        }
      }
    }
  }

  private async grow(): Promise<void> {
    this.say({ held: "growing" });
    await Promise.race([this.source.grown?.() ?? this.change(1_000), aborted(this.stop.signal)]);
    this.say({ held: null });
  }

  private launch(range: Range, { bytes, sha256 }: Hashed): void {
    // Reading, and the words of a person, took a while.
    if (this.stop.signal.aborted || this.trouble || this.holds() || this.soonest() > 0) return;
    const { rate } = this.pace;
    const flight: Flight = { ...range, bytes: bytes.byteLength, begun: performance.now(), over: false, handed: 0 };
    this.prepared = null;
    this.flights.push(flight);
    const again = this.sent.has(place(range));
    this.sent.add(place(range));
    const handed = (to: number): void => {
      flight.handed = to;
      this.say({ handed: this.handed(), waiting: null });
    };
    putBlock(this.upload, range.offset, bytes, sha256, {
      onHanded: handed,
      onOver: () => {
        flight.over = true;
        handed(flight.bytes);
        this.nudge();
      },
      silence: silence(rate),
      answer: answer(rate, this.flights.reduce((sum, one) => sum + one.bytes, 0)),
      signal: this.stop.signal,
    }).then((had) => this.landed(flight, sha256, had, again), (error: unknown) => this.fell(flight, asProblem(error)));
  }

  private landed(flight: Flight, sha256: string, had: boolean, again: boolean): void {
    const now = performance.now();
    this.flights = this.flights.filter((one) => one !== flight);
    this.falls = this.damaged = 0;
    this.backoff.reset();
    if (!had) {
      this.pace.stored(flight.bytes, busy(now, flight.begun, this.link));
      this.way.stored(flight.bytes, now - Math.max(this.wayFrom, this.lastStored));
      rememberRate(this.pace.rate);
    } else if (!again) void this.refresh().catch(() => undefined); // whose it is, the listing tells
    this.lastStored = now;
    this.notSooner = flight.begun + shareOf(cap.value, flight.bytes, now - flight.begun);
    this.know([...this.blocks, { offset: flight.offset, end: flight.end, sha256 }]);
    this.nudge();
  }

  private fell(flight: Flight, problem: Problem): void {
    this.flights = this.flights.filter((one) => one !== flight);
    if (problem.status === 413 && OF_A_FILTER.includes(problem.slug) && this.pace.tooLong(flight.bytes)) return this.nudge();
    this.trouble ??= problem;
    if (problem.status === 0) {
      this.strictUntil = performance.now() + STRICT_MS;
      this.pace.lost(flight.bytes);
      this.doubtful.push(flight);
    }
    this.nudge();
  }

  /** After any lost block the listing is asked first: it may have arrived although the answer did not. */
  private async recover(problem: Problem): Promise<void> {
    this.prepared = null;
    if (problem.slug === "block_damaged") {
      if (++this.damaged >= DAMAGED_BEFORE_REPICK) throw new Unreadable();
    } else if (!problem.passing && problem.status !== 401 && problem.slug !== "upload_ended") throw problem;
    this.say({ handed: 0 });
    await this.wait(problem, this.backoff);
    this.trouble = null;
    const cut = problem.status === 0;
    if (cut && this.blocks.length > LONG_LISTING) this.doubtful = [];
    else if (cut && this.falls === 0 && this.next()) void this.settle().catch((error: unknown) => (this.trouble ??= asProblem(error)));
    else await this.settle();
    // Where only blocks fail and all else is answered, trying at once would cost a data plan for nothing.
    if (cut && this.falls++ > 0) await this.change(this.backoff.next());
  }

  /** What of the lost blocks arrived. Meanwhile the line may carry another one. */
  private async settle(): Promise<void> {
    await this.refresh();
    this.doubtful = [];
    this.nudge();
  }

  private async finish(): Promise<void> {
    this.say({ phase: "finishing", handed: 0 });
    const blocks = cover(this.blocks, this.size);
    try {
      await this.persist("POST", `/api/uploads/${this.upload}/complete`, { size: this.size, blocks } satisfies Complete);
      this.complete = true;
    } catch (error) {
      if (asProblem(error).slug !== "blocks_missing") throw error;
      // The listing was older than we thought: take it again and send exactly what it lacks.
      await this.change(this.backoff.next());
      await this.refresh();
    }
  }

  private get link(): Link {
    const { strict, lastStored, pace: { rate } } = this;
    return { rate, latency: Number.isFinite(this.latency) ? this.latency : 500, lastStored, strict };
  }

  private get strict(): boolean {
    return cap.value !== "all" || performance.now() < this.strictUntil;
  }

  /** Milliseconds until the next block may start. */
  private soonest(): number {
    const now = performance.now();
    return Math.max(untilNext(now, this.flights, this.link), this.notSooner - now, 0);
  }

  private holds(): boolean {
    const held = this.paused.value ? "paused"
      : this.notBefore.value > Date.now() ? "night"
      : heldForWifi() ? "wifi"
      : this.options.myTurn?.(this) === false ? "turn"
      : null;
    if (held !== this.standing.value.held) {
      this.say({ held });
      this.wayFrom = performance.now();
    }
    return held !== null;
  }

  private next(): Range | null {
    const growing = this.source.size === null;
    const left = without(gaps(cover(this.blocks, this.size), this.size), [...this.flights, ...this.doubtful]);
    const length = Math.min(this.pace.blockLength(secondsOfBlock(this.strict, this.pace.rate)), longest(cap.value));
    const range = nextRange(left, length);
    return range && growing && range.end - range.offset < LEAST_GROWN && range.end === this.size ? null : range;
  }

  private prepare(range: Range): Prepared {
    const ready = this.prepared;
    if (ready && ready.offset === range.offset) {
      range.end = ready.end; // what was read ahead is sent as it was read, whatever the pace says now
      return ready;
    }
    const hashed = readHashed(this.source, range.offset, range.end);
    hashed.catch(() => undefined); // looked at when its turn comes
    this.prepared = { ...range, hashed };
    return this.prepared;
  }

  /** Repeats a call until it is answered by Farfield. Throws only what waiting cannot mend. */
  private async persist<T>(method: string, path: string, body?: unknown): Promise<T> {
    const backoff = new Backoff(500, 8_000);
    for (let tries = 0; ; tries++) {
      if (this.stop.signal.aborted) throw unreachable(); // stopped between two calls: an upload made now would be nobody's
      const begun = performance.now();
      try {
        const found = await callWithin<T>(tries, this.stop.signal, method, path, body);
        this.latency = Math.min(this.latency, performance.now() - begun);
        this.say({ waiting: null });
        return found;
      } catch (error) {
        const problem = asProblem(error);
        if (this.stop.signal.aborted || (!problem.passing && problem.status !== 401)) throw problem;
        await this.wait(problem, backoff);
        if (tries > 0) await this.change(backoff.next());
      }
    }
  }

  /** Until it makes sense to try again. */
  private async wait(problem: Problem, backoff: Backoff): Promise<void> {
    let why = reason(problem);
    this.say({ waiting: { why } });
    if (why === "link" && problem.status === 0) {
      if ((await reached(this.stop.signal)) === "farfield") return;
      this.say({ waiting: { why: (why = "portal") } });
    }
    await this.change(why === "portal" ? PORTAL_MS : why === "signed_out" ? SIGNED_OUT_MS : problem.retryAfterMs ?? backoff.next());
  }

  /** Until something has changed, or for so many milliseconds. Several may wait at once: each is woken, or ends by itself. */
  private change(ms = Infinity): Promise<void> {
    return new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiters.delete(wake);
        resolve();
      };
      const timer = ms < Infinity ? setTimeout(wake, ms) : undefined;
      this.waiters.add(wake);
      if (this.stop.signal.aborted) wake();
    });
  }

  private handed(): number {
    return this.flights.reduce((sum, { handed }) => sum + handed, 0);
  }

  private know(blocks: StoredBlock[]): void {
    this.blocks = blocks;
    this.say({ stored: bytesOf(cover(blocks, this.size)), handed: this.handed(), rate: this.way.rate });
  }

  private end(error: unknown): void {
    if (error instanceof Unreadable) return this.say({ phase: "repick", waiting: null, held: null });
    const problem = asProblem(error);
    const gone = problem.status === 404 || problem.slug === "upload_ended";
    this.say({ phase: gone ? "gone" : "stopped", detail: problem.detail, waiting: null, held: null });
  }

  private say(change: Partial<Standing>): void {
    this.standing.value = { ...this.standing.peek(), ...change };
  }
}

function reason(problem: Problem): Waiting {
  if (problem.status === 401) return "signed_out";
  if (problem.slug === "not_farfield" || problem.status === 511) return "portal";
  if (problem.status === 507) return "full";
  if (problem.slug === "lesson_not_ready") return "lesson";
  return problem.slug === "storage_unavailable" ? "store" : "link";
}

const place = ({ offset, end }: Range): string => `${offset}-${end}`;
const random = (below: number): number => Math.floor(Math.random() * below);
const aborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
});
