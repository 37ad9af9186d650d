/** The little of it that every visit loads: whether a copy of our making may lie on this device. Its list is only then looked at. */

const KEY = "farfield.films";

export function filmsHere(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

export function rememberFilms(any: boolean): void {
  try {
    if (any) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: then they go when their lesson is looked at.
  }
}
