import { type Signal, signal } from "@preact/signals";
import type { Id } from "../api/shapes";
import { holdPage } from "../device/holding";
import { newId } from "../ids/uuid";
import { closeCamera, hasChip } from "./camera";
import { extensionOf, formatOf, LONGEST_MS, type Quality } from "./choose";
import { GrowingFile, NotWritten } from "./file";
import { claim, claimTake, discard, type Ending, type Kept, keep } from "./kept";
import { sendTake } from "./sending";

/** A second of recording is on the disk before the next is over: that is what a crash may cost, and a little. */
const PIECE_MS = 1_000;
const END_MS = 5_000;

/** Bytes that the last pieces may still need below the limit of a lesson. */
const ROOM_FOR_END = 4e6;

export type Trouble = "other_tab" | "format" | "unsafe" | "full";

/** Filming did not begin, and why. */
export class NotBegun extends Error {
  constructor(readonly why: Trouble) {
    super();
  }
}

export interface Begin {
  cycle: Id; person: Id; title: string; release: boolean; send: boolean; quality: Quality; largest: number;
}

/** The one recording that is being made, or was just made, on this page. It belongs to the page, not to a screen. */
export const take: Signal<Take | null> = signal(null);

export class Take {
  readonly running = signal(true);
  readonly kept: Signal<Kept>;
  /** Bytes on the disk. */
  readonly written = signal(0);
  private begunAt = performance.now();
  private awaySince: number | null = null;
  private ending: Promise<void> | null = null;
  private stopped!: Promise<void>;
  private readonly undo: (() => void)[] = [];

  private constructor(
    readonly stream: MediaStream, readonly file: GrowingFile, private readonly recorder: MediaRecorder,
    kept: Kept, private readonly largest: number, readonly quality: Quality,
  ) {
    this.kept = signal(kept);
  }

  /** Throws `NotBegun`; then nothing was kept. */
  static async begin(stream: MediaStream, asked: Begin): Promise<Take> {
    const { quality, largest, ...rest } = asked;
    const type = formatOf((one) => MediaRecorder.isTypeSupported(one), await hasChip(quality));
    if (!type) throw new NotBegun("format");
    const letGo = await claim("farfield.filming");
    if (!letGo) throw new NotBegun("other_tab");
    const lesson = newId();
    const kept: Kept = {
      ...rest, lesson, upload: newId(), command: newId(), file: `${lesson}.${extensionOf(type)}`, type: type.split(";")[0]!,
      begun_at: new Date().toISOString(), duration_ms: 0, ending: null, away: [], created: false, sent: false,
    };
    const done = await claimTake(lesson);
    const file = new GrowingFile(kept.file, kept.type, kept);
    try {
      await file.open();
      await keep(kept);
      void navigator.storage.persist?.().catch(() => undefined);
      const recorder = new MediaRecorder(stream, {
        mimeType: type, videoBitsPerSecond: quality.video, audioBitsPerSecond: quality.audio,
      });
      const made = new Take(stream, file, recorder, kept, largest, quality);
      made.undo.push(letGo, () => done?.());
      await made.start();
      made.undo.push(holdPage());
      take.value = made;
      if (kept.send) void sendTake(made.kept, file);
      return made;
    } catch (error) {
      await file.close();
      await discard(kept).catch(() => undefined);
      letGo();
      done?.();
      if (error instanceof NotBegun) throw error;
      throw new NotBegun(error instanceof NotWritten && error.full ? "full" : error instanceof DOMException ? "format" : "unsafe");
    }
  }

  get elapsed(): number {
    return this.running.value ? performance.now() - this.begunAt : this.kept.value.duration_ms;
  }

  /** Resolves when all of it is on the disk. The first reason counts. */
  stop(why: Ending): Promise<void> {
    this.ending ??= this.end(why);
    return this.ending;
  }

  private start(): Promise<void> {
    const { recorder, stream } = this;
    recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) void this.took(data);
    };
    recorder.onerror = () => void this.stop("recorder");
    for (const track of stream.getTracks()) {
      this.on(track, "ended", () => void this.stop(track.kind === "video" ? "camera" : "microphone"));
      if (track.kind !== "video") continue;
      // A phone that shows another app takes the camera away for as long; the times go on.
      this.on(track, "mute", () => this.away(true));
      this.on(track, "unmute", () => this.away(document.hidden));
    }
    this.on(document, "visibilitychange", () => this.away(document.hidden));
    this.stopped = new Promise((resolve) => this.on(recorder, "stop", () => resolve()));
    return new Promise((resolve, reject) => {
      recorder.onstart = () => {
        this.begunAt = performance.now();
        resolve();
      };
      recorder.onstop = () => {
        reject(new NotBegun("format"));
        void this.stop("recorder");
      };
      recorder.start(PIECE_MS);
    });
  }

  private async took(piece: Blob): Promise<void> {
    const reached = performance.now() - this.begunAt;
    try {
      await this.file.append(piece);
    } catch {
      return void this.stop("full");
    }
    this.written.value = this.file.available;
    await this.change({ duration_ms: Math.round(Math.max(reached, this.kept.value.duration_ms)) });
    if (this.file.available > this.largest - ROOM_FOR_END || reached > LONGEST_MS) void this.stop("long");
  }

  private async end(why: Ending): Promise<void> {
    const { recorder } = this;
    const reached = performance.now() - this.begunAt;
    this.away(false);
    if (recorder.state !== "inactive") recorder.stop();
    // Its last piece comes before it says so. One that broke may never say so.
    await Promise.race([this.stopped, new Promise((resolve) => setTimeout(resolve, END_MS))]);
    await this.file.close();
    const duration = why === "full" ? this.kept.value.duration_ms : Math.round(reached);
    await this.change({ ending: why, duration_ms: duration });
    closeCamera(this.stream);
    for (const one of this.undo.splice(0)) one();
    this.running.value = false;
  }

  private away(gone: boolean): void {
    const at = Math.round(performance.now() - this.begunAt);
    if (gone) this.awaySince ??= at;
    else if (this.awaySince !== null) {
      const stretch: [number, number] = [this.awaySince, at];
      this.awaySince = null;
      void this.change({ away: [...this.kept.value.away, stretch] });
    }
  }

  private on(target: EventTarget, name: string, act: (event: Event) => void): void {
    target.addEventListener(name, act);
    this.undo.push(() => target.removeEventListener(name, act));
  }

  private async change(what: Partial<Kept>): Promise<void> {
    this.kept.value = { ...this.kept.value, ...what };
    await keep(this.kept.value).catch(() => undefined); // the bytes are what counts
  }
}
