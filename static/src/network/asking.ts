/** One request as a network sees it, and what came of it: ours, somebody else's page, a refusal, or nothing. */

export type Outcome =
  | { kind: "ours"; status: number; headers: Headers; bytes: ArrayBuffer; ms: number; path: string }
  /** Farfield itself refuses; `detail` is its sentence. */
  | { kind: "refused-by-us"; status: number; detail: string }
  /** HTML, or a way to somewhere else: a captive portal or a filter. */
  | { kind: "page"; status: number; title: string }
  | { kind: "refused"; status: number }
  | { kind: "none" };

export async function ask(method: string, path: string, init: RequestInit = {}, longestMs = 20_000): Promise<Outcome> {
  const aborting = new AbortController();
  const timer = setTimeout(() => aborting.abort(), longestMs);
  const begun = performance.now();
  try {
    // By hand: where a filter leads elsewhere, the page's policy would make it look as if nothing had answered.
    const answer = await fetch(path, { ...init, method, cache: "no-store", credentials: "same-origin", redirect: "manual", signal: aborting.signal });
    if (answer.type === "opaqueredirect") return { kind: "page", status: 302, title: "" };
    const bytes = await answer.arrayBuffer();
    const ms = performance.now() - begun;
    const type = answer.headers.get("Content-Type") ?? "";
    if (type.includes("html")) return { kind: "page", status: answer.status, title: titleOf(new TextDecoder().decode(bytes)) };
    if (answer.ok) return { kind: "ours", status: answer.status, headers: answer.headers, bytes, ms, path };
    return refusal(answer.status, type, bytes);
  } catch {
    return { kind: "none" };
  } finally {
    clearTimeout(timer);
  }
}

function refusal(status: number, type: string, bytes: ArrayBuffer): Outcome {
  if (type.includes("problem+json")) {
    try {
      const { detail } = JSON.parse(new TextDecoder().decode(bytes)) as { detail?: unknown };
      return { kind: "refused-by-us", status, detail: String(detail) };
    } catch {
      // Cut off on the way: then it is no longer ours.
    }
  }
  return { kind: "refused", status };
}

/** What a page calls itself, short enough for a line. */
export function titleOf(html: string): string {
  const found = /<title[^>]*>([^<]{0,400})/i.exec(html)?.[1] ?? "";
  const text = found.replace(/\s+/g, " ").trim();
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The JSON of an answer, or null where it is none. */
export function json<T>(outcome: Outcome): T | null {
  if (outcome.kind !== "ours" || !(outcome.headers.get("Content-Type") ?? "").includes("json")) return null;
  try {
    return JSON.parse(new TextDecoder().decode(outcome.bytes)) as T;
  } catch {
    return null;
  }
}

/** Sends a text over a WebSocket of its own. `opened`: only the handshake came through. */
export function echo(path: string, longestMs = 8_000): Promise<"works" | "opened" | "none"> {
  return new Promise((resolve) => {
    let opened = false;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
    const end = (): void => {
      clearTimeout(timer);
      socket.close();
      resolve(opened ? "opened" : "none");
    };
    const timer = setTimeout(end, longestMs);
    socket.onopen = () => {
      opened = true;
      socket.send("farfield");
    };
    socket.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data === "farfield" ? "works" : "opened");
      socket.close();
    };
    socket.onclose = end;
  });
}
