import { effect } from "@preact/signals";
import type { Id } from "../api/shapes";
import { holdPage } from "../device/holding";
import { FileSource } from "../upload/source";
import { dropLocal, keepLocal } from "../upload/local";
import { session } from "../session/session";
import { forget, giveUp, startTransfer, transfers } from "../upload/store";
import type { Role, Transfer } from "../upload/transfer";
import { begin, done as doneMaking } from "./crash";
import { NotMade, type Why } from "./film";
import { rememberFilms } from "./here";
import { forgetKept, kept, type Kept, type Note, shelfOf } from "./kept";
import { ask } from "./worker";
import { fromHere, type UnderWay, underWay, type Ways, wentAsItIs } from "./ways";

const SAID_FROM = 0.02;

/**
 * Sends a film in the way that was chosen, nothing of it before `at`. What cannot be done on this device is left out, and
 * the film goes as it is.
 */
export function sendFilm(lesson: Id, person: Id, file: File, ways: Ways, at: number): void {
  void new Sending(lesson, person, file, ways, at).run();
}

/**
 * What is kept on this device for a lesson goes on by itself, without picking anything. The smaller copy first: who has it
 * needs nothing else. What could not go on is not kept any longer.
 */
export async function goOnFromHere(lesson: Id, person: Id, listens: boolean): Promise<void> {
  const here = (await kept(lesson, "small", person)) ?? (listens ? null : await kept(lesson, "sound", person));
  if (!here || isUnderWay(lesson)) return;
  const { role } = here.note;
  fromHere.value = new Map(fromHere.value).set(lesson, role);
  const transfer = startTransfer(lesson, new FileSource(here.file), role);
  await ended(transfer);
  const { phase } = transfer.standing.value;
  if (phase === "gone" || phase === "repick" || role === "sound") {
    await forgetKept(lesson, role);
    forget(transfer);
  }
  fromHere.value = new Map([...fromHere.value].filter(([one]) => one !== lesson));
}

const isUnderWay = (lesson: Id): boolean =>
  underWay.value.some((one) => one.lesson === lesson) || transfers.value.some((one) => one.lesson === lesson);

class Sending {
  private readonly stopped = new AbortController();
  private readonly original = new AbortController();
  private readonly source: FileSource;
  private now: UnderWay;

  constructor(
    private readonly lesson: Id, private readonly person: Id, private readonly file: File, private readonly ways: Ways,
    private readonly at: number,
  ) {
    this.source = new FileSource(file);
    this.stopped.signal.addEventListener("abort", () => this.original.abort());
    this.now = {
      lesson, making: null, soundGoes: false, asItIs: ways.small ? () => this.original.abort() : null, stop: () => this.stop(),
    };
  }

  /** Sound first and picture after it; the copy is made while the sound is on its way. */
  async run(): Promise<void> {
    keepLocal(this.lesson, this.file);
    this.say({});
    const release = holdPage();
    try {
      const sound = this.ways.sound ? await this.make("sound", this.stopped.signal) : null;
      const goes = sound instanceof File && !this.stopped.signal.aborted ? this.sendSound(sound) : Promise.resolve();
      const small = this.ways.small ? await this.make("small", this.original.signal) : null;
      this.say({ making: null, asItIs: null });
      await goes;
      if (this.stopped.signal.aborted || (await whoIsHere(this.stopped.signal)) !== this.person) return;
      if (typeof small === "string" && !this.original.signal.aborted) wentAsItIs.value = new Map(wentAsItIs.value).set(this.lesson, small);
      this.start(small instanceof File ? new FileSource(small) : this.source, small instanceof File ? "small" : "original");
    } finally {
      release();
      underWay.value = underWay.value.filter((one) => one.lesson !== this.lesson);
    }
  }

  private stop(): void {
    this.stopped.abort();
    dropLocal(this.lesson);
    void forgetKept(this.lesson, "small", "sound");
  }

  private async sendSound(file: File): Promise<void> {
    this.say({ soundGoes: true });
    const transfer = this.start(new FileSource(file), "sound");
    const cancel = (): void => giveUp(transfer);
    this.stopped.signal.addEventListener("abort", cancel);
    await ended(transfer);
    this.stopped.signal.removeEventListener("abort", cancel);
    // Who stops the sound wants the whole to stop; whatever else became of it, the picture is next.
    const { phase, detail } = transfer.standing.value;
    if (phase === "stopped" && detail === "") this.stop();
    forget(transfer);
    this.say({ soundGoes: false });
    void forgetKept(this.lesson, "sound");
  }

  private start(source: FileSource, role: Role): Transfer {
    const transfer = startTransfer(this.lesson, source, role);
    transfer.notBefore.value = this.at;
    return transfer;
  }

  /** The copy, or why there is none. One that was finished before is taken as it is. */
  private async make(what: Kept, signal: AbortSignal): Promise<File | Why> {
    const { lesson, person, file } = this;
    const small = what === "small" ? this.ways.small : null;
    try {
      const of = await this.source.fingerprint();
      const aim = small?.aim ?? null;
      const before = await kept(lesson, what, person);
      if (before && before.note.of === of && JSON.stringify(before.note.aim) === JSON.stringify(aim)) return before.file;
      await forgetKept(lesson, what);
      if (signal.aborted) return "broke";
      const note = JSON.stringify({
        lesson, person, role: what, of, aim, name: called(file.name, what), type: what === "small" ? "video/mp4" : "audio/mp4", at: Date.now(),
      } satisfies Note);
      const shelf = shelfOf(lesson, what);
      rememberFilms(true);
      const since = performance.now();
      const moved = (done: number): void => {
        const left = done < SAID_FROM ? null : ((performance.now() - since) / 1000) * ((1 - done) / done);
        this.say({ making: { what, done, left } });
      };
      moved(0);
      if (small) begin(of);
      await ask(small ? { do: "shrink", file, ...small, shelf, note } : { do: "lift", file, shelf, note }, "made", signal, moved);
      return (await kept(lesson, what, person))?.file ?? "broke";
    } catch (error) {
      void forgetKept(lesson, what);
      return error instanceof NotMade ? error.why : "broke";
    } finally {
      if (small) doneMaking();
    }
  }

  private say(change: Partial<UnderWay>): void {
    this.now = { ...this.now, ...change };
    if (this.stopped.signal.aborted) return;
    underWay.value = [...underWay.value.filter((one) => one.lesson !== this.lesson), this.now];
  }
}

/** Resolves when it is done, or goes no further. */
function ended(transfer: Transfer): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      void transfer.standing.value;
      if (transfer.ended) queueMicrotask(() => { stop(); resolve(); });
    });
  });
}

/** Who is signed in. Where nobody is any more, whoever is next: it waits as transfers do. */
function whoIsHere(stop: AbortSignal): Promise<Id | null> {
  return new Promise((resolve) => {
    const over = effect(() => {
      const who = session.value?.person.id;
      if (who) queueMicrotask(() => end(who));
    });
    const end = (who: Id | null): void => (over(), resolve(who));
    if (stop.aborted) end(null);
    stop.addEventListener("abort", () => end(null), { once: true });
  });
}

function called(name: string, what: Kept): string {
  const plain = name.replace(/\.[^.]{1,5}$/, "").slice(0, 200) || "lesson";
  return what === "small" ? `${plain}.mp4` : `${plain}.m4a`;
}
