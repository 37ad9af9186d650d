import type { Id } from "../api/shapes";
import type { Unsent } from "./command";

/** Where unsent commands outlive a reload: one key each, so that two tabs never overwrite one another's. */

const prefix = (person: Id): string => `farfield.unsent.${person}.`;

export function load(person: Id): Unsent[] {
  const found: Unsent[] = [];
  try {
    for (let n = 0; n < localStorage.length; n++) {
      const key = localStorage.key(n);
      if (!key?.startsWith(prefix(person))) continue;
      found.push({ ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Unsent), answered: false });
    }
  } catch {
    // Storage is switched off in this browser: what is unsent lives as long as the page.
  }
  return found.filter(({ id, path }) => id && path).sort((a, b) => a.order - b.order);
}

export function save(person: Id, item: Unsent): void {
  try {
    localStorage.setItem(prefix(person) + item.id, JSON.stringify(item));
  } catch {
    // As above.
  }
}

export function strike(person: Id, id: Id): void {
  try {
    localStorage.removeItem(prefix(person) + id);
  } catch {
    // As above.
  }
}

const SIGNED_IN = "farfield.person";

/** Whoever signed in last in this browser: all its tabs share one cookie, and so one person. */
export function signedIn(): Id | null {
  try {
    return localStorage.getItem(SIGNED_IN);
  } catch {
    return null;
  }
}

export function rememberSignedIn(person: Id): void {
  try {
    localStorage.setItem(SIGNED_IN, person);
  } catch {
    // As above.
  }
}

/** Calls back when another tab signs in as somebody else. */
export function onSomebodyElse(me: () => Id | null, then: () => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    const mine = me();
    if (key === SIGNED_IN && newValue && mine && newValue !== mine) then();
  });
}
