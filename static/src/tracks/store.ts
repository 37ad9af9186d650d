import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { get } from "../api/http";
import { asProblem } from "../api/problem";
import type { Id, TrackCard, Tracks, TrackWithCues } from "../api/shapes";
import { Backoff, pause } from "../live/backoff";
import type { OpenLesson } from "../live/lesson";
import type { Unsent } from "../outbox/command";
import { unsent } from "../outbox/outbox";
import { overlaid, type ShownCue, taken } from "./cues";

interface Words { revision: number; cues: ShownCue[] }

const ON = "farfield.captions";
const ofCues = ({ body }: Unsent): boolean => "cue" in body;

/**
 * The captions and chapters of an open lesson. The lesson's stream says which there are and when one changed; their words
 * are fetched once somebody wants them, and stay here while there is no connection.
 */
export class LessonTracks {
  readonly list: Signal<readonly TrackCard[]> = signal([]);
  /** Whether captions are shown over the picture; remembered on this device. */
  readonly on = signal(remembered());
  /** Which captions, of several. */
  readonly chosen: Signal<Id | null> = signal(null);
  readonly captions: ReadonlySignal<TrackCard | null>;
  readonly chapters: ReadonlySignal<TrackCard | null>;
  /** There are some, as the lesson says, and which they are has not come yet. */
  readonly late: ReadonlySignal<boolean>;

  private readonly words: Signal<ReadonlyMap<Id, Words>> = signal(new Map());
  private readonly wanted: Signal<ReadonlySet<Id>> = signal(new Set());
  private readonly gone = new AbortController();
  private readonly fetching = new Set<string>();
  private readonly shown = new Map<Id, ReadonlySignal<ShownCue[] | null>>();
  private before: readonly Unsent[] = [];
  private readonly stops: (() => void)[];
  private readonly path: string;

  constructor(private readonly open: OpenLesson, lesson: Id) {
    this.path = `/api/lessons/${lesson}/tracks`;
    this.captions = computed(() => {
      const all = this.list.value.filter(({ kind }) => kind === "captions");
      return all.find(({ id }) => id === this.chosen.value) ?? all.find(({ language }) => navigator.language.startsWith(language)) ?? all[0] ?? null;
    });
    this.chapters = computed(() => this.list.value.find(({ kind }) => kind === "chapters") ?? null);
    this.late = computed(() => this.list.value.length === 0 && Object.keys(this.open.lesson.value?.tracks ?? {}).length > 0);
    const standing = computed(() => Object.values(this.open.lesson.value?.tracks ?? {}).map(({ id, revision }) => `${id} ${revision}`).sort().join());
    this.stops = [
      effect(() => void this.fetchList(standing.value)),
      effect(() => {
        const known = this.open.lesson.value?.tracks ?? {};
        const listed = new Set(this.list.value.map(({ id }) => id));
        for (const id of this.wanted.value) {
          const now = known[id]?.revision;
          if (listed.has(id) && now !== undefined && (this.words.value.get(id)?.revision ?? 0) < now) void this.fetchWords(id, now);
        }
      }),
      effect(() => {
        const now = unsent.value.filter(ofCues);
        // What is no longer on its way, and was not refused, the server took.
        const done = this.before.filter(({ id, refused }) => refused === null && !now.some((item) => item.id === id));
        this.before = now;
        if (done.length > 0) this.take(done);
      }),
    ];
  }

  close(): void {
    this.gone.abort();
    for (const stop of this.stops) stop();
  }

  toggle(): void {
    this.on.value = !this.on.value;
    try {
      localStorage.setItem(ON, this.on.value ? "on" : "off");
    } catch {
      // Storage is off: it holds as long as the page.
    }
  }

  /** The words of a track are to be here from now on. */
  want(id: Id): void {
    if (!this.wanted.peek().has(id)) this.wanted.value = new Set([...this.wanted.peek(), id]);
  }

  /** The cues of a track with what is on its way there; null while they have not come. */
  cues(id: Id): ReadonlySignal<ShownCue[] | null> {
    let here = this.shown.get(id);
    if (!here) {
      here = computed(() => {
        const words = this.words.value.get(id);
        return words ? overlaid(words.cues, unsent.value, id) : null;
      });
      this.shown.set(id, here);
    }
    return here;
  }

  /** The revision of the words that are on screen: what a change is written over. */
  seen(id: Id): number {
    return this.words.peek().get(id)?.revision ?? 0;
  }

  private take(done: readonly Unsent[]): void {
    const words = new Map(this.words.peek());
    for (const [id, { revision, cues }] of words) words.set(id, { revision, cues: taken(cues, done, id) });
    this.words.value = words;
  }

  private async fetchList(standing: string): Promise<void> {
    if (standing === "") {
      this.list.value = [];
      return;
    }
    const found = await this.again<Tracks>(`list ${standing}`, this.path);
    if (found) this.list.value = found.tracks;
  }

  private async fetchWords(id: Id, revision: number): Promise<void> {
    const found = await this.again<TrackWithCues>(`${id} ${revision}`, `${this.path}/${id}`);
    // Another one may be had in its place.
    if (found === null) this.list.value = this.list.peek().filter((track) => track.id !== id);
    if (!found || found.track.revision < this.seen(id)) return;
    batch(() => {
      const cues = found.cues.map((cue) => ({ ...cue, unsent: null }));
      this.words.value = new Map([...this.words.peek(), [id, { revision: found.track.revision, cues }]]);
    });
  }

  /** Until it is there; null where it is gone, undefined where it is asked for already or the page is not to know. */
  private async again<T>(what: string, path: string): Promise<T | null | undefined> {
    if (this.fetching.has(what)) return undefined;
    this.fetching.add(what);
    const backoff = new Backoff(500, 15_000);
    try {
      while (!this.gone.signal.aborted) {
        try {
          return await get<T>(path, this.gone.signal);
        } catch (error) {
          const { passing, status } = asProblem(error);
          if (status === 404) return null;
          if (!passing && status > 0) return undefined;
          await pause(backoff.next(), this.gone.signal);
        }
      }
      return undefined;
    } finally {
      this.fetching.delete(what);
    }
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(ON) === "on";
  } catch {
    return false;
  }
}
