import { effect, signal } from "@preact/signals";
import { type Connection, saverAtFirst } from "./rungs";

const KEY = "farfield.data-saver";

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off: the choice lasts as long as the page
  }
}

const connection = (): Connection | undefined => (navigator as Navigator & { connection?: Connection }).connection;

/** Whether this device spares data. */
export const saver = signal(saverAtFirst(kept(), connection()));

export function setSaver(on: boolean): void {
  saver.value = on;
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // As above.
  }
}

/** Another tab of this device chose. */
addEventListener("storage", ({ key, newValue }) => {
  if (key === KEY) saver.value = saverAtFirst(newValue, connection());
});

/** Calls `then` whenever the choice changes; returns what ends that. */
export const onSaver = (then: (on: boolean) => void): (() => void) => effect(() => then(saver.value));
