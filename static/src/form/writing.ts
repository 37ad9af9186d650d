import { batch, signal } from "@preact/signals";
import { post } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { Id, Unnumbered } from "../api/shapes";
import { newId } from "../ids/uuid";
import { Backoff } from "../live/backoff";
import { signedIn } from "../outbox/shelf";
import { words } from "../words";

/**
 * Texts that both people write, on their way to the record. Each is kept on this device, under its person, from the first
 * letter until the server has it, and is sent from wherever the person is by then: leaving the page loses nothing. All tabs
 * of one browser share what is kept, so that the same words typed on are one text and not two.
 */

/** A text as the record has it; revision 0: it has none yet. */
export interface Standing { text: string; revision: number }

/** How the field on screen makes the command, and what it takes. */
export interface Rules {
  path: string;
  command(text: string, revision: number): Unnumbered;
  longest: number;
  /** An empty one is not sent. */
  required: boolean;
}

interface Kept {
  text: string;
  /** What the writer began from: where the record still, or again, says this, nobody else was quicker. */
  base: string;
  revision: number;
  id: Id;
  path: string;
  body: Unnumbered;
  /** Sent without an answer; the record may say any of these by now, and it is still the writer's own. */
  sent: string[];
}

const QUIET_MS = 1200;
/** The tab in which it was typed sends it; another one only if that is gone. */
const OTHER_TAB_MS = 15_000;

export class Writing {
  readonly text = signal("");
  readonly says = signal<string | null>(null);
  /** What somebody else wrote meanwhile; nothing is sent until the writer has chosen. */
  readonly theirs = signal<Standing | null>(null);
  private kept: Kept | null = null;
  private known: Standing = { text: "", revision: 0 };
  private rules: Rules | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private saving: Promise<void> = Promise.resolve();
  private stopped = false;
  /** What is kept was typed in this tab. */
  private here = true;
  private readonly backoff = new Backoff(2000, 60_000);

  constructor(private readonly person: Id, private readonly shelf: string) {
    this.kept = read(this.key);
    if (this.kept) this.text.value = this.kept.text;
  }

  get unsaved(): boolean {
    return this.kept !== null;
  }

  private get key(): string {
    return `${prefix(this.person)}${this.shelf}`;
  }

  follow(rules: Rules): void {
    this.rules = rules;
  }

  /** The field is gone from the screen. What is not saved goes out all the same. */
  leave(): void {
    this.rules = null;
    if (this.stopped) return;
    if (this.kept) void this.save();
    else known.delete(this.shelf);
  }

  /** What the record says now. */
  stands(now: Standing): void {
    if (now.revision < this.known.revision) return;
    this.known = now;
    const other = this.theirs.peek();
    if (other && now.revision > other.revision) this.theirs.value = now;
    // Spaces at the ends are not kept, and must not vanish under the hand that goes on writing.
    if (this.kept || fit(this.text.peek()) === now.text) return;
    this.text.value = now.text;
    this.says.value = null;
  }

  type(to: string): void {
    const { rules, kept } = this;
    if (!rules) return;
    const revision = kept?.revision ?? this.known.revision;
    this.text.value = to;
    this.here = true;
    this.keep({
      text: to, base: kept?.base ?? this.known.text, revision, id: newId(),
      path: rules.path, body: rules.command(fit(to), revision), sent: kept?.sent ?? [],
    });
    this.says.value = this.unfit(to) ?? words.written.typing;
    this.later(QUIET_MS);
  }

  /** The writer has looked at both texts. */
  settle(chosen: "mine" | "theirs" | "both"): void {
    const other = this.theirs.peek();
    if (!other) return;
    this.theirs.value = null;
    if (other.revision >= this.known.revision) this.known = other;
    if (chosen === "theirs") {
      this.keep(null);
      this.text.value = other.text;
      this.says.value = null;
      return;
    }
    const text = chosen === "both" ? `${other.text}\n\n${fit(this.text.peek())}` : this.text.peek();
    this.text.value = text;
    this.rebase(text, other);
    this.later(0);
  }

  /** Words that nothing can save any more, and that their writer does not need. */
  drop(): void {
    this.keep(null);
    this.text.value = this.known.text;
  }

  /** Saves now; true once nothing is left to save. */
  async settled(): Promise<boolean> {
    await this.saving;
    await this.save();
    return !this.unsaved;
  }

  soon(): void {
    if (this.kept) this.later(0);
  }

  /** Stops here; what is kept stays kept. */
  stop(): void {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  /** Another tab of the same browser wrote this text, or saved it. */
  elsewhere(stored: string | null): void {
    const kept = parse(stored);
    if (!kept) {
      if (!this.kept) return;
      // Until the event of it is here.
      this.known = { text: fit(this.kept.text), revision: this.known.revision };
      this.kept = null;
      this.says.value = words.written.saved;
      return;
    }
    this.kept = kept;
    this.here = false;
    this.text.value = kept.text;
    this.says.value = words.written.typing;
    this.later(OTHER_TAB_MS);
  }

  save(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.busy && !this.stopped) this.saving = this.send();
    return this.saving;
  }

  private async send(): Promise<void> {
    const mine = this.kept;
    if (!mine || this.theirs.peek()) return;
    // Another tab may have signed in as somebody else: these words must not go out under that name.
    if ((signedIn() ?? this.person) !== this.person) return;
    const unfit = this.unfit(mine.text);
    const text = fit(mine.text);
    if (unfit) {
      this.says.value = unfit;
      return;
    }
    if (text === mine.base && mine.sent.length === 0) {
      // Written and taken back again.
      this.keep(null);
      this.says.value = null;
      this.stands(this.known);
      return;
    }
    this.busy = true;
    this.keep({ ...mine, sent: [...new Set([...mine.sent, text])].slice(-20) });
    try {
      await post(mine.path, { id: mine.id, ...mine.body });
      this.busy = false;
      this.took(mine, text);
    } catch (error) {
      this.busy = false;
      this.refused(asProblem(error));
    }
    if (!this.kept && !this.rules && !this.stopped) known.delete(this.shelf);
  }

  private took(mine: Kept, text: string): void {
    this.backoff.reset();
    const now = { text, revision: mine.revision + 1 };
    if (this.kept && this.kept.id !== mine.id) {
      // What was typed meanwhile goes over the text just saved; what is being typed in another tab, that tab takes there.
      if (this.here) this.rebase(this.kept.text, now);
      this.later(this.here ? QUIET_MS : OTHER_TAB_MS);
      return;
    }
    this.keep(null);
    this.says.value = words.written.saved;
    this.stands(now.revision > this.known.revision ? now : this.known);
  }

  private refused(problem: Problem): void {
    const kept = this.kept;
    if (!kept) return;
    if (problem.slug === "edited_meanwhile") {
      const now = standingOf(problem.body);
      if (kept.base === now.text || kept.sent.includes(now.text)) {
        this.rebase(kept.text, now);
        this.later(0);
        return;
      }
      batch(() => {
        this.theirs.value = this.known.revision > now.revision ? this.known : now;
        this.says.value = null;
      });
      return;
    }
    this.says.value = problem.passing ? words.written.kept : problem.detail;
    if (problem.passing) this.later(problem.retryAfterMs ?? this.backoff.next());
  }

  /** The same words, over another text than the one they began from. */
  private rebase(text: string, over: Standing): void {
    const kept = this.kept;
    const path = this.rules?.path ?? kept?.path;
    const body = this.rules?.command(fit(text), over.revision) ?? (kept && { ...kept.body, text: fit(text), revision: over.revision });
    if (!path || !body) return;
    this.keep({ text, base: over.text, revision: over.revision, id: newId(), path, body, sent: [] });
  }

  private keep(to: Kept | null): void {
    this.kept = to;
    write(this.key, to);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.save(), ms);
  }

  private unfit(text: string): string | null {
    const { rules } = this;
    const length = [...fit(text)].length;
    if (rules?.required && length === 0) return words.written.empty;
    return rules && length > rules.longest ? words.written.tooLong(length, rules.longest) : null;
  }
}

const known = new Map<string, Writing>();
let owner: Id | null = null;
let listening = false;

/** Whoever is signed in; what they could not save in this browser the last time goes out now. */
export function openWritings(person: Id): void {
  if (owner === person) return;
  closeWritings();
  owner = person;
  listen();
  for (const shelf of shelved(person)) void writing(shelf).save();
}

export function closeWritings(): void {
  for (const one of known.values()) one.stop();
  known.clear();
  owner = null;
}

/** The text of that name: one for all fields that show it. */
export function writing(shelf: string): Writing {
  const found = known.get(shelf) ?? new Writing(owner ?? "nobody", shelf);
  known.set(shelf, found);
  return found;
}

/** The ids behind this prefix of names whose words are kept here and not saved. */
export function unsavedUnder(start: string): Id[] {
  return owner ? shelved(owner).filter((shelf) => shelf.startsWith(start)).map((shelf) => shelf.slice(start.length)) : [];
}

/** What the text was for is taken away, and with it the words that were not saved. */
export function dropWriting(shelf: string): void {
  writing(shelf).drop();
}

function listen(): void {
  if (listening) return;
  listening = true;
  addEventListener("online", () => known.forEach((one) => one.soon()));
  // A phone that is put away may never come back to this page.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && known.forEach((one) => one.soon()));
  addEventListener("storage", ({ key, newValue }) => {
    if (owner && key?.startsWith(prefix(owner))) known.get(key.slice(prefix(owner).length))?.elsewhere(newValue);
  });
}

/** The words as they are kept: one kind of line end, no spaces around, none of the marks that nobody types. */
export function fit(text: string): string {
  return text.replace(/\r\n?|\u000b|\u2028|\u2029/g, "\n").replace(/[\0-\x08\x0c\x0e-\x1f\x7f-\x9f]|\p{Cs}/gu, "").trim();
}

function standingOf(body: Record<string, unknown>): Standing {
  return { text: String(body["text"] ?? ""), revision: Number(body["revision"] ?? 0) };
}

const prefix = (person: Id): string => `farfield.text.${person}.`;

function shelved(person: Id): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix(person))).map((key) => key.slice(prefix(person).length));
  } catch {
    return [];
  }
}

function parse(stored: string | null): Kept | null {
  try {
    const found = JSON.parse(stored ?? "null") as Kept | null;
    return found?.id && found.path ? found : null;
  } catch {
    return null;
  }
}

function read(key: string): Kept | null {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key: string, kept: Kept | null): void {
  try {
    if (kept) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  } catch {
    // A full or forbidden store: the words live as long as the page.
  }
}
