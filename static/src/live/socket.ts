import { signal } from "@preact/signals";
import type { Frame, Message, Present, Progress, StreamEvent } from "../api/shapes";
import { Backoff } from "./backoff";
import { poll } from "./poll";

/**
 * One socket for the whole page. It owns reconnecting, the heartbeat and one cursor per stream, and knows nothing of
 * lessons or annotations: what it promises a follower is every event of its stream in order, once, from the version it named.
 */

export interface Follower {
  /** The next events, contiguous. */
  events(events: StreamEvent[]): void;
  /** The stream cannot be continued from the cursor: fetch the snapshot and follow again. */
  refetch(): void;
  /** The stream may not be read (any more). */
  closed(): void;
}

export type LiveStanding = "connecting" | "live" | "polling" | "away";
export const standing = signal<LiveStanding>("connecting");

interface Followed { stream: string; after: number; follower: Follower; request: number; stopPolling: (() => void) | null }
type ProgressListener = (lesson: string, now: Progress | null) => void;
type PresenceListener = (lesson: string, people: Present[]) => void;

const SILENCE_MS = 25_000;
const ANSWER_MS = 8_000;
const HANDSHAKE_MS = 12_000;
const HANDSHAKES_BEFORE_POLLING = 3;
const TRY_SOCKET_AGAIN_MS = 120_000;

/** Several parts of a page may follow one stream, each from its own version; the server is asked for the earliest. */
const followed = new Set<Followed>();
const presence = new Set<PresenceListener>();
const progress = new Set<ProgressListener>();
const backoff = new Backoff(500, 15_000);
let socket: WebSocket | null = null;
let opened = false;
let refusedHandshakes = 0;
let nextId = 1;
let wanted = false;
let signedOut: () => void = () => undefined;
/** Sockets do not get through here, so events come by long poll; a socket is tried again from time to time. */
let polling = false;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let heartbeatTimer: ReturnType<typeof setTimeout> | undefined;
let deadTimer: ReturnType<typeof setTimeout> | undefined;

/** Keep `follower` told of everything in `stream` after version `after`. Returns how to stop. */
export function follow(stream: string, after: number, follower: Follower): () => void {
  const entry: Followed = { stream, after, follower, request: 0, stopPolling: null };
  followed.add(entry);
  wanted = true;
  if (polling) startPolling(entry);
  else if (socket?.readyState === WebSocket.OPEN) ask(entry);
  else connect();
  return () => {
    if (!followed.delete(entry)) return;
    entry.stopPolling?.();
    if (following(stream).length === 0) send({ id: nextId++, type: "unfollow", stream });
  };
}

function following(stream: string): Followed[] {
  return [...followed].filter((entry) => entry.stream === stream);
}

/** A socket also where nothing is followed: through it a page learns that its session was ended somewhere else. */
export function startLive(whenSignedOut: () => void): void {
  signedOut = whenSignedOut;
  wanted = true;
  connect();
}

export function onPresence(listener: PresenceListener): () => void {
  presence.add(listener);
  return () => void presence.delete(listener);
}

/** How far the preparing of a followed lesson is, whenever that changes. */
export function onProgress(listener: ProgressListener): () => void {
  progress.add(listener);
  return () => void progress.delete(listener);
}

/** Tell the others where this person is. Worth nothing late, so it is dropped when there is no connection. */
export function tellPresence(lesson: string, atMs: number, playing: boolean): void {
  send({ id: nextId++, type: "presence", lesson, at_ms: Math.max(0, Math.round(atMs)), playing });
}

/** Signed out: nothing to follow, no socket. */
export function stopLive(): void {
  wanted = false;
  for (const entry of followed) entry.stopPolling?.();
  followed.clear();
  polling = false;
  clearTimeout(retryTimer);
  drop();
  standing.value = "connecting";
}

function connect(): void {
  if (!wanted || socket) return;
  clearTimeout(retryTimer);
  if (!polling) standing.value = navigator.onLine === false ? "away" : "connecting";
  opened = false;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket = mine;
  deadTimer = setTimeout(() => lost(0), HANDSHAKE_MS);
  mine.onopen = () => {
    if (socket !== mine) return;
    opened = true;
    refusedHandshakes = 0;
    polling = false;
    standing.value = "live";
    for (const entry of followed) {
      entry.stopPolling?.();
      entry.stopPolling = null;
      ask(entry);
    }
    listenForSilence();
  };
  mine.onmessage = (message) => {
    if (socket !== mine) return;
    backoff.reset();
    standing.value = "live"; // also after the browser only thought it was offline
    listenForSilence();
    heard(JSON.parse(String(message.data)) as Frame);
  };
  mine.onclose = (event) => {
    if (socket !== mine) return;
    lost(event.code);
  };
}

function lost(code: number): void {
  const hadOpened = opened;
  drop();
  if (!wanted) return;
  if (code === 4401) {
    // A call to the API is answered "signed out" and brings the page there.
    signedOut();
    for (const { follower } of [...followed]) follower.refetch();
  }
  if (!hadOpened && navigator.onLine !== false) refusedHandshakes++;
  if (!polling) standing.value = "away";
  if (refusedHandshakes >= HANDSHAKES_BEFORE_POLLING) {
    if (!polling) for (const entry of followed) startPolling(entry);
    polling = true;
    retryTimer = setTimeout(connect, TRY_SOCKET_AGAIN_MS);
    return;
  }
  retryTimer = setTimeout(connect, backoff.next());
}

function drop(): void {
  clearTimeout(heartbeatTimer);
  clearTimeout(deadTimer);
  deadTimer = undefined;
  const old = socket;
  socket = null;
  old?.close();
}

function ask(entry: Followed): void {
  entry.request = nextId++;
  const after = Math.min(...following(entry.stream).map((one) => one.after));
  send({ id: entry.request, type: "follow", stream: entry.stream, after });
}

function send(frame: Message): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function heard(frame: Frame): void {
  switch (frame.type) {
    case "events": {
      for (const entry of following(frame.stream)) deliver(entry, frame.events);
      return;
    }
    case "closed": {
      for (const entry of following(frame.stream)) end(entry);
      return;
    }
    case "presence":
      for (const listener of presence) listener(frame.lesson, frame.people);
      return;
    case "progress":
      for (const listener of progress) listener(frame.lesson, frame.progress);
      return;
    case "problem": {
      const entry = [...followed].find(({ request }) => request === frame.id);
      if (!entry) return;
      for (const one of following(entry.stream)) {
        if (frame.status === 404) end(one);
        else one.follower.refetch();
      }
    }
  }
}

function end(entry: Followed): void {
  entry.stopPolling?.();
  followed.delete(entry);
  entry.follower.closed();
}

function deliver(entry: Followed, events: StreamEvent[]): void {
  const fresh = events.filter(({ version }) => version > entry.after);
  const first = fresh[0];
  if (!first) return;
  if (first.version !== entry.after + 1) {
    entry.follower.refetch();
    return;
  }
  entry.after = fresh[fresh.length - 1]!.version;
  entry.follower.events(fresh);
}

function startPolling(entry: Followed): void {
  entry.stopPolling?.();
  // Browsers allow six connections to a host over HTTP/1.1: only the first two streams hold one open.
  const holds = [...followed].indexOf(entry) < 2;
  entry.stopPolling = poll(entry.stream, () => entry.after, holds, {
    events: (events) => deliver(entry, events),
    refetch: () => entry.follower.refetch(),
    closed: () => end(entry),
    reached,
  });
}

/** A poll was answered, or not. After a time in the dark it may have been the link and not the socket: try both. */
function reached(yes: boolean): void {
  if (!polling) return;
  const back = yes && standing.value === "away";
  standing.value = yes ? "polling" : "away";
  if (back) connect();
}

/** A browser does not notice a dead socket, so silence is answered with a question any server must answer. */
function listenForSilence(): void {
  clearTimeout(heartbeatTimer);
  clearTimeout(deadTimer);
  deadTimer = undefined;
  heartbeatTimer = setTimeout(() => knock(ANSWER_MS), SILENCE_MS);
}

function knock(patienceMs: number): void {
  if (!socket || deadTimer !== undefined) return;
  send({ id: nextId++, type: "unfollow", stream: "cycle/nobody" });
  deadTimer = setTimeout(() => lost(0), patienceMs);
}

function wake(): void {
  if (!wanted || document.visibilityState === "hidden") return;
  if (socket?.readyState === WebSocket.OPEN) knock(4_000);
  else if (!socket && !polling) connect();
}

document.addEventListener("visibilitychange", wake);
addEventListener("pageshow", wake);
addEventListener("online", wake);
addEventListener("offline", () => {
  if (wanted) standing.value = "away";
});
