import { notFarfield, type Problem, problemFrom, unreachable } from "./problem";

type Listener = (problem: Problem) => void;
const signedOut = new Set<Listener>();

/** Called whenever any call is answered "you are signed out". */
export function onSignedOut(listener: Listener): void {
  signedOut.add(listener);
}

/** One JSON call. Resolves with the parsed body (undefined for 202 and 204) or throws a `Problem`. */
export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let answer: Response;
  let text: string;
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { Accept: "application/json", "Content-Type": "application/json" };
  }
  try {
    answer = await fetch(path, init);
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
  const type = answer.headers.get("Content-Type") ?? "";
  if (!answer.ok) {
    const problem = problemFrom(answer.status, type, text, answer.headers.get("Retry-After"));
    if (problem.slug === "signed_out") for (const listener of signedOut) listener(problem);
    throw problem;
  }
  if (answer.status === 202 || answer.status === 204) return undefined as T;
  if (!type.includes("json")) throw notFarfield(answer.status);
  return JSON.parse(text) as T;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown): Promise<T> => call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>("PUT", path, body);
export const remove = (path: string): Promise<void> => call<void>("DELETE", path);
