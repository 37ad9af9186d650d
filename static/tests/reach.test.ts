import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Reached, reached } from "../src/upload/reach";

/** A link whose questions hang until they are given up, as connections into the dark do. */
class Dark {
  asked: number[] = [];
  open = 0;
  most = 0;
  answers: Reached | null | "hang" = "hang";
  ask = (signal: AbortSignal): Promise<Reached | null> => {
    this.asked.push(Date.now());
    this.most = Math.max(this.most, ++this.open);
    return new Promise((resolve, reject) => {
      const end = (): void => void (this.open--, reject(new Error("given up")));
      signal.addEventListener("abort", end);
      if (this.answers !== "hang") setTimeout(() => (this.open--, signal.removeEventListener("abort", end), resolve(this.answers as Reached | null)), 600);
    });
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  const events = new EventTarget();
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("dispatchEvent", events.dispatchEvent.bind(events));
  vi.stubGlobal("document", new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the return of the link", () => {
  it("is asked for at once, and every two seconds even while older questions hang, five at most", async () => {
    const dark = new Dark();
    const found = reached(new AbortController().signal, dark.ask);
    await vi.advanceTimersByTimeAsync(300_000);
    const between = dark.asked.slice(1).map((at, n) => at - dark.asked[n]!);
    expect(Math.max(...between)).toBeLessThanOrEqual(2_000);
    expect(dark.most).toBeLessThanOrEqual(6);
    dark.answers = "farfield";
    await vi.advanceTimersByTimeAsync(2_600);
    expect(await found).toBe("farfield");
    expect(dark.open).toBe(0);
    const last = dark.asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(dark.asked.length).toBe(last);
  });

  it("is no return when the answer is none of ours", async () => {
    const dark = new Dark();
    dark.answers = null;
    const found = reached(new AbortController().signal, dark.ask);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(dark.asked.length).toBeGreaterThan(10);
    dark.answers = "portal";
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await found).toBe("portal");
  });

  it("is asked for at once when the browser says it is online", async () => {
    const dark = new Dark();
    void reached(new AbortController().signal, dark.ask);
    await vi.advanceTimersByTimeAsync(100);
    dispatchEvent(new Event("online"));
    expect(dark.asked.length).toBe(2);
  });

  it("ends with the upload", async () => {
    const [dark, stop] = [new Dark(), new AbortController()];
    const found = reached(stop.signal, dark.ask);
    await vi.advanceTimersByTimeAsync(5_000);
    stop.abort();
    await found;
    expect(dark.open).toBe(0);
  });
});

describe("what answers", () => {
  const answers = (...all: (Response | null)[]): void => {
    vi.stubGlobal("fetch", () => {
      const next = all.length > 1 ? all.shift()! : all[0]!;
      return next ? Promise.resolve(next) : Promise.reject(new TypeError("no way"));
    });
  };
  const page = (status: number, type: string): Response => new Response(null, { status, headers: { "Content-Type": type } });
  const elsewhere = { type: "opaqueredirect", status: 0, headers: new Headers() } as Response;

  it.each([
    ["Farfield", page(200, "image/svg+xml"), "farfield"],
    ["a page in its place", page(200, "text/html"), "portal"],
    ["a way to another place", elsewhere, "portal"],
    ["a network that wants a log-in", page(511, "text/html"), "portal"],
    ["a filter that forbids", page(403, "text/html"), "portal"],
  ] as [string, Response, Reached][])("%s", async (_, response, what) => {
    answers(response);
    expect(await reached(new AbortController().signal)).toBe(what);
  });

  it("a box on the way that reaches nobody is no answer yet", async () => {
    answers(page(502, "text/html"), null, page(200, "image/svg+xml"));
    const found = reached(new AbortController().signal);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await found).toBe("farfield");
  });
});
