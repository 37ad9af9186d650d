import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StoredBlock } from "../src/api/shapes";
import type { Source } from "../src/upload/source";
import { Transfer } from "../src/upload/transfer";

/** What a browser cannot be made to show in order: which block goes when, beside what. Sizes are real, times are not. */

const BLOCK = 256 * 1024;

class Put {
  upload: { onprogress?: (event: { loaded: number }) => void; onload?: () => void } = {};
  onload?: () => void;
  onerror?: () => void;
  status = 0;
  responseText = "";
  place = "";
  ended = false;
  private type = "";
  constructor() {
    server.puts.push(this);
  }
  open(_: string, path: string): void {
    this.place = path.split("/").pop()!;
  }
  setRequestHeader(): void {}
  getResponseHeader = (name: string): string | null => (name === "Content-Type" ? this.type : null);
  send(): void {}
  abort(): void {
    this.ended = true;
  }
  handOver(): void {
    this.upload.onload?.();
  }
  answer(status: number, slug?: string): void {
    this.ended = true;
    this.status = status;
    this.type = slug ? "application/problem+json" : "";
    this.responseText = JSON.stringify({ type: `/problems/${slug}`, detail: slug });
    if (status === 200) server.has(this.place);
    this.onload?.();
  }
  /** A box between here and there takes no body of this length. */
  filter(type: string): void {
    this.ended = true;
    this.status = 413;
    this.type = type;
    this.onload?.();
  }
  cut(arrived = false): void {
    this.ended = true;
    if (arrived) server.has(this.place);
    this.onerror?.();
  }
}

const server = {
  puts: [] as Put[],
  blocks: [] as StoredBlock[],
  state: "open",
  calls: [] as { method: string; path: string; body: Record<string, unknown> | undefined }[],
  /** How many of the next listings fail: the database is away for a moment. */
  failing: 0,
  /** How many times it is too early to complete: the lesson's smaller copy is being prepared. */
  early: 0,
  has(place: string): void {
    const [offset, end] = place.split("-").map(Number);
    this.blocks.push({ offset: offset!, end: end!, sha256: "hash" });
  },
  get under(): Put[] {
    return this.puts.filter(({ ended }) => !ended);
  },
};

vi.mock("../src/ids/digest", () => ({ digest: (bytes: ArrayBuffer) => Promise.resolve({ bytes, sha256: "hash" }) }));
vi.mock("../src/ids/sha256", () => ({ hexToBase64: () => "" }));

function answerTo(path: string, init: { method: string; body?: string }): Response {
  if (path === "/favicon.svg") return new Response(null, { headers: { "Content-Type": "image/svg+xml" } });
  const body = init.body ? (JSON.parse(init.body) as Record<string, unknown>) : undefined;
  server.calls.push({ method: init.method, path, body });
  if (init.method === "GET" && server.failing-- > 0) return new Response("", { status: 503, headers: { "Retry-After": "0" } });
  if (path.endsWith("/complete") && server.early-- > 0) {
    const headers = { "Content-Type": "application/problem+json", "Retry-After": "0" };
    return Response.json({ type: "/problems/lesson_not_ready", detail: "Later." }, { status: 503, headers });
  }
  if (path.endsWith("/never")) return new Response("{}", { status: 404, headers: { "Content-Type": "application/problem+json" } });
  if (path.endsWith("/complete")) server.state = "completed";
  return Response.json({ id: path.endsWith("/uploads") ? body!["id"] : "u", state: server.state, blocks: [...server.blocks] });
}

beforeEach(() => {
  Object.assign(server, { puts: [], blocks: [], calls: [], state: "open", failing: 0, early: 0 });
  const events = new EventTarget();
  vi.stubGlobal("XMLHttpRequest", Put);
  vi.stubGlobal("fetch", (path: string, init: { method: string; body?: string }) => Promise.resolve(answerTo(path, init)));
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
  vi.stubGlobal("document", new EventTarget());
});
afterEach(() => vi.unstubAllGlobals());

const file = (size: number): Source => ({
  name: "lesson.mp4", type: "video/mp4", size, available: size,
  read: (offset, end) => Promise.resolve(new ArrayBuffer(end - offset)), fingerprint: () => Promise.resolve("print"),
});
const start = (source: Source, words: () => Promise<void> = () => Promise.resolve(), upload?: string): Transfer => {
  const transfer = new Transfer({ kind: "lesson", id: "l", role: "original" }, source, words, upload ? { upload } : {});
  void transfer.run();
  return transfer;
};
const nth = async (n: number): Promise<Put> => {
  await vi.waitFor(() => expect(server.puts.length).toBeGreaterThan(n), { timeout: 5_000, interval: 5 });
  return server.puts[n]!;
};
/** Long enough for anything that would start by itself. */
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));
const done = (transfer: Transfer): Promise<void> => vi.waitFor(() => expect(transfer.standing.value.phase).toBe("done"), { timeout: 5_000 });
async function storeAll(transfer: Transfer): Promise<void> {
  while (transfer.standing.value.phase !== "done") {
    for (const put of server.under) put.answer(200);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("which block goes when", () => {
  it("the next one starts when the one before it is handed over, and never a third", async () => {
    const transfer = start(file(40 * BLOCK));
    (await nth(0)).answer(200);
    const second = await nth(1);
    await quiet();
    expect(server.puts.length).toBe(2);
    second.handOver();
    const third = await nth(2);
    third.handOver();
    await quiet();
    expect(server.puts.length).toBe(3);
    second.answer(200);
    await nth(3);
    expect(server.under.length).toBe(2);
    transfer.leave();
  });

  it("after a cut there is one at a time, and what arrived all the same is not sent again", async () => {
    const transfer = start(file(40 * BLOCK));
    (await nth(0)).answer(200);
    const lost = await nth(1);
    lost.cut(true);
    const next = await nth(2);
    next.handOver();
    await quiet();
    expect(server.puts.length).toBe(3);
    next.answer(200);
    await storeAll(transfer);
    const places = server.puts.map(({ place }) => place);
    expect(new Set(places).size).toBe(places.length);
    expect(transfer.standing.value).toMatchObject({ phase: "done", company: false, stored: 40 * BLOCK });
  });

  it("a listing that fails beside a block leaves nobody waiting for ever", async () => {
    const transfer = start(file(40 * BLOCK));
    (await nth(0)).answer(200);
    server.failing = 3;
    (await nth(1)).cut();
    const beside = await nth(2);
    await vi.waitFor(() => expect(server.failing).toBeLessThan(0), { timeout: 5_000, interval: 5 });
    beside.answer(200);
    await nth(3);
    await storeAll(transfer);
    expect(transfer.standing.value).toMatchObject({ phase: "done", stored: 40 * BLOCK });
  });

  it("what was lost is sent again", async () => {
    const transfer = start(file(2 * BLOCK));
    (await nth(0)).cut();
    await storeAll(transfer);
    const last = server.calls[server.calls.length - 1]!;
    expect(last.body!["size"]).toBe(2 * BLOCK);
    expect((last.body!["blocks"] as StoredBlock[]).reduce((sum, { offset, end }) => sum + end - offset, 0)).toBe(2 * BLOCK);
  });

  it.each(["text/html", "text/plain"])("a filter that takes only short bodies (%s) gets short ones", async (type) => {
    const transfer = start(file(40 * BLOCK));
    const [from, to] = [0, 1].map((n) => (place: string) => Number(place.split("-")[n]));
    while (!transfer.ended) {
      for (const put of server.under) {
        if (to!(put.place) - from!(put.place) > 1.5 * BLOCK) put.filter(type);
        else put.answer(200);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(transfer.standing.value).toMatchObject({ phase: "done", stored: 40 * BLOCK });
  });

  it("words go before the next block, also while one is on its way", async () => {
    let sent: () => void = () => undefined;
    let words = Promise.resolve();
    const transfer = start(file(40 * BLOCK), () => words);
    (await nth(0)).answer(200);
    const second = await nth(1);
    words = new Promise((resolve) => (sent = resolve));
    second.handOver();
    await quiet();
    expect(server.puts.length).toBe(2);
    sent();
    await nth(2);
    transfer.leave();
  });

  it("pausing lets the block that is on its way arrive, and starts no other", async () => {
    const transfer = start(file(40 * BLOCK));
    (await nth(0)).answer(200);
    const second = await nth(1);
    transfer.paused.value = true;
    second.answer(200);
    await quiet();
    expect(server.puts.length).toBe(2);
    expect(transfer.standing.value.held).toBe("paused");
    transfer.paused.value = false;
    await nth(2);
    transfer.leave();
  });
});

describe("what the server says", () => {
  it("it has all of it already: nothing is sent", async () => {
    server.state = "completed";
    const transfer = start(file(BLOCK));
    await done(transfer);
    expect(server.puts.length).toBe(0);
  });

  it("another device has sent the rest meanwhile: done", async () => {
    const transfer = start(file(40 * BLOCK));
    const first = await nth(0);
    server.state = "completed";
    first.answer(409, "upload_ended");
    await done(transfer);
  });

  it("another device sends the same: both go on, and it is said", async () => {
    const transfer = start(file(3 * BLOCK));
    const first = await nth(0);
    server.has(`${BLOCK}-${2 * BLOCK}`);
    server.has(`0-${BLOCK}`);
    first.answer(412, "block_already_stored");
    await vi.waitFor(() => expect(transfer.standing.value.company).toBe(true));
    await storeAll(transfer);
  });

  it("its disk is full: it waits, says so, and goes on", async () => {
    const transfer = start(file(BLOCK));
    (await nth(0)).answer(507, "storage_full");
    await vi.waitFor(() => expect(transfer.standing.value.waiting?.why).toBe("full"));
    await storeAll(transfer);
  });

  it("the lesson's smaller copy is being prepared: it waits, says so, and is done after that", async () => {
    server.early = 2;
    const transfer = start(file(BLOCK));
    (await nth(0)).answer(200);
    await vi.waitFor(() => expect(transfer.standing.value.waiting?.why).toBe("lesson"));
    await done(transfer);
    expect(server.calls.filter(({ path }) => path.endsWith("/complete")).length).toBe(3);
  });

  it.each([[404, "not_found", "gone"], [413, "quota_reached", "stopped"], [403, "not_yours", "stopped"]])("%i %s ends it as %s", async (status, slug, phase) => {
    const transfer = start(file(BLOCK));
    (await nth(0)).answer(status, slug);
    await vi.waitFor(() => expect(transfer.standing.value.phase).toBe(phase));
    expect(server.calls.filter(({ method }) => method === "DELETE")).toEqual([]);
  });
});

describe("what is stopped", () => {
  it("makes no upload when that happens before there is one", async () => {
    let printed: (print: string) => void = () => undefined;
    const transfer = start({ ...file(BLOCK), fingerprint: () => new Promise((resolve) => (printed = resolve)) });
    transfer.leave();
    printed("print");
    await quiet();
    expect(server.calls).toEqual([]);
  });

  it("has ended before the next one begins, also where it was never begun", async () => {
    const transfer = new Transfer({ kind: "lesson", id: "l", role: "original" }, file(BLOCK), () => Promise.resolve(), { givenUp: () => ["before", "never"] });
    void transfer.run();
    await storeAll(transfer);
    expect(server.calls.slice(0, 3).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "DELETE /api/uploads/before", "DELETE /api/uploads/never", "POST /api/lessons/l/uploads",
    ]);
  });
});

describe("a source that grows", () => {
  it("is sent while it grows, under the id it is known by, and ends with the size it has then", async () => {
    let grown: () => void = () => undefined;
    const film = {
      name: "take.mp4", type: "video/mp4", size: null as number | null, available: BLOCK,
      read: (offset: number, end: number) => Promise.resolve(new ArrayBuffer(end - offset)),
      fingerprint: () => Promise.resolve(null),
      grown: () => new Promise<void>((resolve) => (grown = resolve)),
    };
    const transfer = start(film, undefined, "known");
    (await nth(0)).answer(200);
    await quiet();
    expect(server.puts.length).toBe(1);
    expect(transfer.standing.value.held).toBe("growing");
    film.available = 2 * BLOCK;
    grown();
    (await nth(1)).answer(200);
    await quiet();
    film.available = film.size = 2 * BLOCK + 10;
    grown();
    (await nth(2)).answer(200);
    await done(transfer);
    expect(server.puts.map(({ place }) => place)).toEqual([`0-${BLOCK}`, `${BLOCK}-${2 * BLOCK}`, `${2 * BLOCK}-${2 * BLOCK + 10}`]);
    expect(server.calls[0]!.body).toMatchObject({ id: "known", size: null, fingerprint: null });
    expect(server.calls[server.calls.length - 1]!.body).toMatchObject({ size: 2 * BLOCK + 10 });
  });
});
