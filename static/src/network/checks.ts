import type { NetworkSeen, NetworkTaken } from "../api/shapes";
import { digest } from "../ids/digest";
import { hexToBase64 } from "../ids/sha256";
import { network as say } from "../words/network";
import { ask, echo, json, type Outcome } from "./asking";
import { clockSays, downSays, mbit, upSays } from "./saying";

export type Check = keyof typeof say.name;
export type Verdict = keyof typeof say.verdict;

/** What one check found. `means`, `change`: for a thing that does not work, in whole sentences. */
export interface Result { check: Check; verdict: Verdict; says: string; means?: string; change?: string }

const PIECE_BYTES = 256 * 1024;
const FIRST_PIECE_BYTES = 64 * 1024;
const MOST_PIECES = 7;
const MEASURED_MS = 8_000;
const PIECE_MS = 45_000;
const BLOCK_BYTES = 64 * 1024;
const HELD_SECONDS = 20;
const BINARY = "application/octet-stream";

/** All checks, one after another, so that none slows another down. `trying` hears which begins, `found` each result. */
export async function checkAll(trying: (check: Check) => void, found: (result: Result) => void): Promise<void> {
  trying("answer");
  const seen: (Outcome & { kind: "ours" })[] = [];
  let last: Outcome = { kind: "none" };
  let clock: number | null = null;
  for (let n = 0; n < 5; n++) {
    last = await ask("GET", "/api/network");
    const now = Date.now();
    const says = json<NetworkSeen>(last);
    if (!says || last.kind !== "ours") break;
    // The quickest one tells best when, between asking and hearing, the server looked at its clock.
    if (seen.every((one) => one.ms >= (last as typeof one).ms)) clock = now - last.ms / 2 - Date.parse(says.at);
    seen.push(last);
  }
  const host = location.host;
  const backMs = seen.length ? Math.min(...seen.map(({ ms }) => ms)) : 0;
  found(seen.length ? works("answer", say.answer.works(Math.round(backMs))) : fails("answer", why(last), say.answer.means, say.answer.change(host)));
  found(location.protocol === "https:" ? works("https", say.https.works) : fails("https", say.https.fails, say.https.means, say.https.change));
  if (seen.length) found(version());

  trying("socket");
  const socket = await echo("/live?try");
  if (socket === "works") found(works("socket", say.socket.works));
  else {
    found(fails("socket", socket === "opened" ? say.why.noEcho : say.why.noSocket, say.socket.means, say.socket.change));
    trying("poll");
    const held = await ask("GET", `/api/network?wait=${HELD_SECONDS}`, {}, (HELD_SECONDS + 15) * 1000);
    found(json(held) ? works("poll", say.poll.works(HELD_SECONDS)) : fails("poll", why(held), say.poll.means, say.poll.change));
  }

  trying("block");
  found(await block());
  trying("methods");
  found(await methods());
  trying("range");
  found(await range());
  if (clock !== null) found({ check: "clock", ...clockSays(clock) });
  trying("up");
  found(await up(backMs));
  trying("down");
  found(await down(backMs));
}

function version(): Result {
  const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const name = entries.filter((entry) => entry.name.endsWith("/api/network")).at(-1)?.nextHopProtocol ?? "";
  const called = { h3: "HTTP/3", h2: "HTTP/2", "http/1.1": "HTTP/1.1" }[name];
  if (!called) return { check: "version", verdict: "note", says: say.version.unknown };
  return called === "HTTP/1.1" ? { check: "version", verdict: "note", says: say.version.old(called) } : works("version", say.version.good(called));
}

/** As an upload sends it, to the same door; it is not kept. */
async function block(): Promise<Result> {
  const { bytes, sha256 } = await digest(noise(BLOCK_BYTES).buffer);
  const outcome = await ask("PUT", "/media/network", { body: bytes, headers: { "Content-Type": BINARY, "x-amz-checksum-sha256": hexToBase64(sha256) } });
  if (outcome.kind === "ours" && outcome.status === 204) return works("block", say.block.works);
  return fails("block", why(outcome), say.block.means, say.block.change);
}

async function methods(): Promise<Result> {
  for (const method of ["POST", "DELETE"]) {
    const outcome = method === "POST" ? await sent(1000) : await ask("DELETE", "/api/network");
    const through = method === "POST" ? json<NetworkTaken>(outcome)?.bytes === 1000 : outcome.kind === "ours" && outcome.status === 204;
    if (!through) return fails("methods", `${say.methods.one(method)} ${why(outcome)}`, say.methods.means, say.methods.change);
  }
  return works("methods", say.methods.works);
}

async function range(): Promise<Result> {
  const outcome = await ask("GET", "/media/network", { headers: { Range: "bytes=100-199" } });
  const fault = (): string => {
    if (outcome.kind !== "ours") return why(outcome);
    if (outcome.status !== 206) return say.why.noRange;
    // The sample counts up, so each byte says where it is from.
    return outcome.bytes.byteLength === 100 && new Uint8Array(outcome.bytes)[0] === 100 ? "" : say.why.changed;
  };
  const said = fault();
  return said ? fails("range", said, say.range.means, say.range.change) : works("range", say.range.works);
}

const sent = (size: number): Promise<Outcome> => ask("POST", "/api/network/bytes", { body: noise(size), headers: { "Content-Type": BINARY } }, PIECE_MS);

async function up(backMs: number): Promise<Result> {
  const measured = await rate(async (first) => {
    const size = first ? FIRST_PIECE_BYTES : PIECE_BYTES;
    const outcome = await sent(size);
    return { outcome, size, whole: json<NetworkTaken>(outcome)?.bytes === size };
  }, backMs);
  if (typeof measured === "string") return fails("up", measured, say.speed.meansUp, say.speed.change);
  return { check: "up", verdict: "works", says: `${mbit(measured)} ${upSays(measured)}` };
}

async function down(backMs: number): Promise<Result> {
  const measured = await rate(async () => {
    const outcome = await ask("GET", "/api/network/bytes", {}, PIECE_MS);
    return { outcome, size: PIECE_BYTES, whole: outcome.kind === "ours" && outcome.bytes.byteLength === PIECE_BYTES };
  }, backMs);
  if (typeof measured === "string") return fails("down", measured, say.speed.meansDown, say.speed.change);
  return { check: "down", verdict: "works", says: `${mbit(measured)} ${downSays(measured)}` };
}

/**
 * Bytes a second over pieces one after another, the first left out where there are more; or why it cannot be told.
 * `backMs`, the way there and back, is no part of it: an upload does not wait it out between its pieces.
 */
async function rate(
  piece: (first: boolean) => Promise<{ outcome: Outcome; size: number; whole: boolean }>, backMs: number,
): Promise<number | string> {
  const pieces: { size: number; ms: number }[] = [];
  const begun = performance.now();
  do {
    const { outcome, size, whole } = await piece(pieces.length === 0);
    // What has come already is measured, whatever stands in the way of more.
    if (outcome.kind !== "ours" || !whole) {
      if (pieces.length) break;
      return outcome.kind === "ours" ? say.why.changed : why(outcome);
    }
    pieces.push({ size, ms: Math.max(outcome.ms - backMs, outcome.ms / 5) });
  } while (pieces.length < MOST_PIECES && performance.now() - begun < MEASURED_MS);
  const counted = pieces.length > 1 ? pieces.slice(1) : pieces;
  const sum = (of: (one: { size: number; ms: number }) => number): number => counted.reduce((all, one) => all + of(one), 0);
  return (sum(({ size }) => size) / Math.max(1, sum(({ ms }) => ms))) * 1000;
}

/** Nothing on the way can make it smaller. */
function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  return bytes;
}

const works = (check: Check, says: string): Result => ({ check, verdict: "works", says });
const fails = (check: Check, says: string, means: string, change: string): Result => ({ check, verdict: "fails", says, means, change });

function why(outcome: Outcome): string {
  switch (outcome.kind) {
    case "none": return say.why.none;
    case "page": return say.why.page(outcome.title);
    case "refused": return say.why.refused(outcome.status);
    case "refused-by-us": return say.why.ours(outcome.detail);
    case "ours": return say.why.changed;
  }
}
