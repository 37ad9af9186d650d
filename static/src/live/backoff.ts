/** Waits that grow by doubling, each drawn at random below the cap (full jitter), so that many clients do not return at once. */
export class Backoff {
  private tries = 0;
  constructor(
    private readonly firstMs: number,
    private readonly capMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds to wait before the next try: never below a fifth of the step, never above the cap. */
  next(): number {
    const step = Math.min(this.capMs, this.firstMs * 2 ** this.tries);
    this.tries = Math.min(this.tries + 1, 20);
    return Math.round(step * (0.2 + 0.8 * this.random()));
  }

  reset(): void {
    this.tries = 0;
  }
}

/** Resolves after `ms`, or at once when the browser says it is online again, or when `signal` aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", soon);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    // A little after `online`: the route is often not there yet in the first moments.
    const soon = (): void => void setTimeout(done, 300);
    const timer = setTimeout(done, ms);
    addEventListener("online", soon);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}
