/** Where somebody goes on after signing in. In this tab only: it may carry an invitation. */

const KEY = "farfield.wanted";

/** `path` if it is one of this Farfield's own pages, else null. */
export function ownPath(path: string, origin: string): string | null {
  if (!path.startsWith("/")) return null;
  try {
    const { origin: where, pathname, hash } = new URL(path, origin);
    return where === origin && !/^\/(api|media|live|problems|sign-in)(\/|$)/.test(pathname) ? pathname + hash : null;
  } catch {
    return null;
  }
}

export function goOnTo(path: string): void {
  try {
    sessionStorage.setItem(KEY, path);
  } catch {
    // Storage is switched off: they start at home.
  }
}

export function wanted(): string | null {
  try {
    return ownPath(sessionStorage.getItem(KEY) ?? "", location.origin);
  } catch {
    return null;
  }
}

/** Where to go now; home where nothing was wanted. */
export function takeWanted(): string {
  const path = wanted();
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
  return path ?? "/";
}
