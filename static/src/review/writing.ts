import { signal } from "@preact/signals";
import type { CoachMove, Id, Kind, PickedTag } from "../api/shapes";
import { newId } from "../ids/uuid";
import { submit } from "../outbox/outbox";
import type { Details } from "./Details";
import { commandsOf } from "./entries";
import type { Playback } from "./playback";

interface Kept { body: string; kind: Kind; start: number | null; end: number | null; move?: CoachMove | null; question?: Id | null; tags?: PickedTag[] }

/** An annotation being written: its moment is fixed with the first letter, and playing goes on once it is sent or put away. */
export class Writing implements Details {
  readonly open = signal(false);
  readonly body = signal("");
  readonly kind = signal<Kind>("note");
  readonly move = signal<CoachMove | null>(null);
  readonly question = signal<Id | null>(null);
  readonly tags = signal<readonly PickedTag[]>([]);
  readonly start = signal<number | null>(null);
  readonly end = signal<number | null>(null);
  /** Shows the sheet and puts the cursor into it; given by the composer while it is on screen. */
  reveal: () => void = () => undefined;
  private playedBefore = false;

  constructor(private readonly lesson: Id, private readonly playback: Playback) {
    const kept = this.recall();
    if (kept) {
      this.body.value = kept.body;
      this.kind.value = kept.kind;
      this.start.value = kept.start;
      this.end.value = kept.end;
      this.move.value = kept.move ?? null;
      this.question.value = kept.question ?? null;
      this.tags.value = kept.tags ?? [];
      this.open.value = true;
    }
  }

  begin(): void {
    this.fix();
    this.open.value = true;
    // The words go below the player, which may be all that is in sight.
    if (document.fullscreenElement) void document.exitFullscreen();
    this.reveal();
  }

  type(text: string): void {
    if (this.body.value === "" && text !== "") this.fix();
    this.body.value = text;
    this.keep();
  }

  moveStart(): void {
    this.start.value = this.playback.moment();
    if (this.end.value !== null && this.end.value <= this.start.value) this.end.value = null;
    this.keep();
  }

  setEnd(): void {
    const end = this.playback.moment();
    this.end.value = this.start.value !== null && end > this.start.value ? end : null;
    this.keep();
  }

  clearEnd(): void {
    this.end.value = null;
    this.keep();
  }

  choose(kind: Kind): void {
    this.kind.value = kind;
    this.keep();
  }

  /**
   * Hands the annotation to the outbox: it is drawn at once and survives whatever the connection does. As a draft it stays
   * in one's notebook also where the lesson is shared.
   */
  send(draft = false): boolean {
    const body = this.body.value.trim();
    if (body === "") return false;
    submit(commandsOf(this.lesson), {
      type: "add_annotation", annotation: newId(), start_ms: this.start.value ?? this.playback.moment(), end_ms: this.end.value,
      body, kind: this.kind.value, made_at: new Date().toISOString(), move: this.move.value, question: this.question.value,
      tags: [...this.tags.value], draft,
    });
    this.body.value = "";
    this.finish();
    return true;
  }

  /** Esc: what was typed stays for later, an empty one is forgotten. */
  putAway(): void {
    if (this.body.value.trim() === "") this.finish();
    else this.open.value = false;
  }

  /** Cancel: the text goes too. */
  drop(): void {
    this.body.value = "";
    this.finish();
  }

  private fix(): void {
    if (this.start.value !== null) return;
    this.playedBefore = this.playback.playing.value;
    this.playback.pause();
    this.start.value = this.playback.moment();
    // Pausing may still let a frame or two through; the picture goes back to the one that the annotation is about.
    if (this.playedBefore) this.playback.seek(this.start.value);
  }

  private finish(): void {
    const goOn = this.playedBefore;
    this.start.value = null;
    this.end.value = null;
    this.kind.value = "note";
    this.move.value = null;
    this.question.value = null;
    this.tags.value = [];
    this.open.value = false;
    this.playedBefore = false;
    this.keep();
    if (goOn) this.playback.start();
  }

  private get key(): string {
    return `farfield.writing.${this.lesson}`;
  }

  keep(): void {
    const kept: Kept = {
      body: this.body.value, kind: this.kind.value, start: this.start.value, end: this.end.value,
      move: this.move.value, question: this.question.value, tags: [...this.tags.value],
    };
    try {
      if (this.body.value === "") sessionStorage.removeItem(this.key);
      else sessionStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // Storage is off: the text lives as long as the page.
    }
  }

  private recall(): Kept | null {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "null") as Kept | null;
    } catch {
      return null;
    }
  }
}
