/** A film whose copy was begun and never ended took the page with it, most likely: the next try is not begun by itself. */

const BEGUN = "farfield.smaller.begun";

export function begin(fingerprint: string): void {
  write(fingerprint);
  // Who closes the page or goes elsewhere has not crashed it.
  addEventListener("pagehide", done);
}

export function done(): void {
  removeEventListener("pagehide", done);
  write(null);
}

export function crashed(fingerprint: string): boolean {
  try {
    return localStorage.getItem(BEGUN) === fingerprint;
  } catch {
    return false;
  }
}

function write(what: string | null): void {
  try {
    if (what === null) localStorage.removeItem(BEGUN);
    else localStorage.setItem(BEGUN, what);
  } catch { /* without storage nothing is remembered */ }
}
