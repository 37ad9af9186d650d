import { signal } from "@preact/signals";
import { call, get, onSignedOut, post } from "../api/http";
import { asProblem, type Problem } from "../api/problem";
import type { Session, SignInWithLink } from "../api/shapes";
import { closeWritings, openWritings } from "../form/writing";
import { pause } from "../live/backoff";
import { startLive, stopLive } from "../live/socket";
import { closeOutbox, openOutbox } from "../outbox/outbox";
import { onSomebodyElse, rememberSignedIn } from "../outbox/shelf";

/** undefined: not asked yet; null: signed out. */
export const session = signal<Session | null | undefined>(undefined);
/** Whether somebody was signed in since this page was loaded. */
export const wasSignedIn = signal(false);
export const sessionProblem = signal<Problem | null>(null);

export async function loadSession(): Promise<void> {
  try {
    enter(await get<Session>("/api/session"));
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 401) leave();
    else sessionProblem.value = problem;
  }
}

/** Uses a sign-in link. Throws the problem that says why it cannot be used. */
export async function signIn(token: string): Promise<void> {
  enter(await post<Session>("/api/session", { type: "link", token } satisfies SignInWithLink));
}

/** Throws the problem that says why not. */
export async function signInWithPassword(email: string, password: string): Promise<void> {
  enter(await post<Session>("/api/session", { type: "password", email, password }));
}

export async function signOut(): Promise<void> {
  await call<void>("DELETE", "/api/session");
  leave();
}

/** The object store needs up to half a minute after a start; ask until it is there. */
export async function waitForStorage(): Promise<void> {
  while (session.value && !session.value.storage_ready) {
    await pause(3_000);
    await loadSession();
  }
}

/** Somebody is signed in, or was and has changed. */
export function enter(found: Session): void {
  const before = session.value;
  sessionProblem.value = null;
  if (before && before.person.id !== found.person.id) stopLive(); // its socket is the other person's
  session.value = found;
  wasSignedIn.value = true;
  rememberSignedIn(found.person.id);
  openOutbox(found.person.id);
  openWritings(found.person.id);
  startLive(() => void loadSession());
  if (!found.storage_ready && before?.storage_ready !== false) void waitForStorage();
}

function leave(): void {
  session.value = null;
  closeOutbox();
  closeWritings();
  stopLive();
}

onSignedOut(() => {
  if (session.value) leave();
});

onSomebodyElse(() => session.value?.person.id ?? null, () => location.reload());
