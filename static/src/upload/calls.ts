import { call } from "../api/http";
import { unreachable } from "../api/problem";

const FIRST_MS = 20_000;
const LONGEST_MS = 120_000;
/** Bytes a second taken for the slowest link that is used, where the body is long. */
const SLOWEST = 4_000;

/** One JSON call that ends: a link in the dark gives no answer and no error for a quarter of an hour. Longer from try to try. */
export async function callWithin<T>(tries: number, stop: AbortSignal, method: string, path: string, body?: unknown): Promise<T> {
  const mine = new AbortController();
  const abort = (): void => mine.abort();
  const long = body === undefined ? 0 : JSON.stringify(body).length / SLOWEST * 1000;
  const timer = setTimeout(abort, Math.min(LONGEST_MS, FIRST_MS * 1.5 ** tries) + long);
  stop.addEventListener("abort", abort);
  try {
    return await call<T>(method, path, body, mine.signal);
  } catch (error) {
    throw mine.signal.aborted ? unreachable() : error;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", abort);
  }
}
