import { signal } from "@preact/signals";

/** How uploads may use this device's connection. Kept on this device: it belongs to the place, not to the person. */

export type Cap = "all" | "half" | "gentle";
export const CAPS: readonly Cap[] = ["all", "half", "gentle"];
/** Half a megabit a second, in bytes: what a call beside it hardly notices. */
const GENTLE = 62_500;

interface Network extends EventTarget { type?: string; saveData?: boolean }
const network = (globalThis.navigator as (Navigator & { connection?: Network }) | undefined)?.connection;

const KEY = "farfield.sending";
interface Kept { cap?: Cap; wifi?: boolean; rate?: number }

function kept(): Kept {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Kept;
    return { ...(found.cap && CAPS.includes(found.cap) && { cap: found.cap }), wifi: found.wifi === true, ...(Number(found.rate) > 0 && { rate: Number(found.rate) }) };
  } catch {
    return {};
  }
}

const before = kept();
export const cap = signal<Cap>(before.cap ?? "all");
export const onlyWifi = signal(before.wifi ?? false);
/** "wifi", "cellular", …; null where the browser does not tell. */
export const line = signal<string | null>(network?.type ?? null);
network?.addEventListener?.("change", () => (line.value = network.type ?? null));

/** Bytes a second of the last upload from here. */
let lastRate = before.rate ?? null;
export const rateBefore = (): number | null => lastRate;

export function rememberRate(rate: number | null): void {
  lastRate = rate ?? lastRate;
  keep();
}

export function choose(change: { cap?: Cap; wifi?: boolean }): void {
  cap.value = change.cap ?? cap.value;
  onlyWifi.value = change.wifi ?? onlyWifi.value;
  keep();
}

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ cap: cap.value, wifi: onlyWifi.value, rate: lastRate }));
  } catch {
    // Storage is off or full: it is chosen anew next time.
  }
}

/** Whether the choice "only on Wi-Fi" holds an upload back now. Only where the browser tells can it be chosen. */
export const heldForWifi = (): boolean => onlyWifi.value && line.value !== null && !["wifi", "ethernet"].includes(line.value);

/** How long a block of so many bytes has to be had for itself, when it took `ms`. */
export function shareOf(chosen: Cap, bytes: number, ms: number): number {
  if (chosen === "half") return 2 * ms;
  return chosen === "gentle" ? bytes / GENTLE * 1000 : 0;
}

/** The longest block under this choice: under a low cap a long one would be a burst of its own. */
export const longest = (chosen: Cap): number => (chosen === "gentle" ? GENTLE * 5 : Infinity);
