import { words } from "../words";
import type { ProblemSlug } from "./shapes";

/** Of the server's problems, and of those that only a client knows. */
export type Slug = ProblemSlug | "unreachable" | "not_farfield" | "unavailable" | `status_${number}`;

/**
 * What every refused or broken call becomes: an RFC 9457 problem with a sentence for the reader in `detail`.
 * `status` 0 means no answer came at all; `slug` is the last part of the problem's type.
 */
export class Problem extends Error {
  readonly slug: Slug;
  readonly status: number;
  readonly detail: string;
  readonly retryAfterMs: number | null;
  readonly body: Record<string, unknown>;

  constructor(slug: Slug, status: number, detail: string, body: Record<string, unknown> = {}, retryAfterMs: number | null = null) {
    super(`${slug} (${status})`);
    this.slug = slug;
    this.status = status;
    this.detail = detail;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when the same request may well succeed later, unchanged. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500 || this.slug === "not_farfield";
  }
}

export function unreachable(): Problem {
  return new Problem("unreachable", 0, words.problems.unreachable);
}

/** An answer that is not ours: a captive portal or a filter page stands between. */
export function notFarfield(status: number): Problem {
  return new Problem("not_farfield", status, words.problems.notFarfield);
}

export function problemFrom(status: number, contentType: string, text: string, retryAfter: string | null): Problem {
  const wait = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null;
  if (contentType.includes("json")) {
    try {
      const body = JSON.parse(text) as Record<string, unknown>;
      const type = typeof body["type"] === "string" ? body["type"] : "";
      const detail = typeof body["detail"] === "string" ? body["detail"] : words.problems.unexpected;
      return new Problem((type.split("/").pop() as ProblemSlug) || `status_${status}`, status, detail, body, wait);
    } catch {
      // A body cut off on the way is no problem object; the status still says what to do.
    }
  }
  if (status >= 500) return new Problem("unavailable", status, words.problems.unavailable, {}, wait);
  if (contentType.includes("html")) return notFarfield(status);
  return new Problem(`status_${status}`, status, words.problems.unexpected, {}, wait);
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem("unexpected", -1, words.problems.unexpected);
}
