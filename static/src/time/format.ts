/** `12:07`, or `1:02:07` from an hour on. Whole seconds, rounded down, as a player shows them. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

let zone: string | undefined;

/** Dates are shown in the zone of the signed-in person, wherever the device thinks it is. */
export function readIn(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    zone = timeZone;
  } catch {
    zone = undefined;
  }
}

export function day(instant: string): string {
  return format(instant, { weekday: "short", day: "numeric", month: "short" });
}

export function dayAndTime(instant: string): string {
  return format(instant, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** `14:05`, on the reader's clock. */
export function timeOfDay(instant: string): string {
  return format(instant, { hour: "2-digit", minute: "2-digit" });
}

/** The day on the reader's calendar, as `2026-11-24`; a day without a time, as commitments have, is that already. */
export function calendarDay(at: Date): string {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...(zone ? { timeZone: zone } : {}) }).format(at);
}

/** A day that has no time and no zone, as it is meant everywhere. */
export function plainDay(date: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return "";
  return new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(at);
}

function format(instant: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "";
  return new Intl.DateTimeFormat("en-GB", { ...options, ...(zone ? { timeZone: zone } : {}) }).format(at);
}

/** Sizes as people say them: `412 MB`, `1.2 GB`. Decimal, like every phone and camera. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1e7) return `${(bytes / 1e6).toFixed(1)} MB`;
  if (bytes < 1e10) return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
