import { type ReadonlySignal, signal } from "@preact/signals";
import { post } from "../api/http";
import { asProblem } from "../api/problem";
import type { AgendaItem, CycleState } from "../api/shapes";
import { newId } from "../ids/uuid";
import { Backoff, pause } from "../live/backoff";
import { words } from "../words";
import { sameOrder } from "./moments";

/**
 * The order of the agenda as it is on screen: the stream's, or the one that is just being saved. One order is sent at a
 * time, each over the revision of the one before. Where the other one was quicker, theirs is shown and that is said.
 */
export class Ordering {
  readonly order = signal<readonly AgendaItem[]>([]);
  readonly says = signal<string | null>(null);
  private sending = false;
  private wanted: readonly AgendaItem[] | null = null;
  private revision = 0;
  private readonly backoff = new Backoff(500, 10_000);
  private readonly gone = new AbortController();

  constructor(private readonly path: string, private readonly cycle: ReadonlySignal<CycleState | null>) {}

  /** The stream says so. */
  stands(): void {
    const cycle = this.cycle.peek();
    if (!cycle || cycle.agenda_revision < this.revision) return;
    this.revision = cycle.agenda_revision;
    if (this.wanted === null) this.order.value = cycle.agenda;
  }

  /** On screen only, as while something is dragged. */
  show(order: readonly AgendaItem[]): void {
    this.order.value = order;
  }

  /** What is on screen is how it should be. */
  save(): void {
    this.wanted = this.order.peek();
    this.says.value = null;
    void this.send();
  }

  leave(): void {
    this.gone.abort();
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.wanted !== null) {
        const items = this.wanted;
        const saved = await this.sent(items);
        if (this.wanted === items || !saved) this.wanted = null;
        if (!saved) return;
      }
    } finally {
      this.sending = false;
      this.stands();
    }
  }

  /** Until it is taken or refused. The same id all the while. */
  private async sent(items: readonly AgendaItem[]): Promise<boolean> {
    const cycle = this.cycle.peek();
    if (!cycle || (sameOrder(items, cycle.agenda) && cycle.agenda_revision === this.revision)) return true;
    const body = { id: newId(), type: "order_agenda", items, revision: this.revision };
    for (;;) {
      try {
        await post(this.path, body);
        // The event may have been quicker than the answer.
        this.revision = Math.max(this.revision, body.revision + 1);
        this.backoff.reset();
        return true;
      } catch (error) {
        const problem = asProblem(error);
        if (!problem.passing) {
          this.says.value = problem.slug === "edited_meanwhile" ? words.debrief.conflict : problem.detail;
          const now = this.cycle.peek();
          if (now) [this.order.value, this.revision] = [now.agenda, now.agenda_revision];
          return false;
        }
        this.says.value = words.written.kept;
        await pause(problem.retryAfterMs ?? this.backoff.next(), this.gone.signal);
        if (this.gone.signal.aborted) return false;
      }
    }
  }
}
