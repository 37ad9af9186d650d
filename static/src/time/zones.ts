/** What stands on the wall of a zone, as fields for a day and a time have it: `2026-12-01` and `16:00`. */
export interface Wall { day: string; time: string }

const MINUTE = 60_000;

export function wallOf(instant: string | number, zone: string): Wall {
  const parts = Object.fromEntries(formatter(zone).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return { day: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

/** The instant at which the wall says so; null where the fields say nothing. An hour that is left out in spring is the one after it. */
export function instantOf({ day, time }: Wall, zone: string): string | null {
  // Browsers read half a date as some date or other.
  if (!/^\d{4,}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d/.test(time)) return null;
  const written = Date.parse(`${day}T${time}:00Z`);
  if (Number.isNaN(written)) return null;
  const first = written - offset(written, zone);
  return new Date(written - offset(first, zone)).toISOString();
}

/** `Tue 1 Dec, 16:00`, in that zone. */
export function saidIn(instant: string, zone: string): string {
  const options = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: known(zone) }).format(new Date(instant));
}

/** A day without a time: `Tue, 1 Dec`. */
export function saidDay(day: string): string {
  return new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

export const zoneName = (zone: string): string => zone.replaceAll("_", " ");
export const todayIn = (zone: string): string => wallOf(Date.now(), zone).day;

/** The day so many days later. */
export function daysOn(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * 60 * MINUTE).toISOString().slice(0, 10);
}

function offset(at: number, zone: string): number {
  const { day, time } = wallOf(at, zone);
  return Date.parse(`${day}T${time}:00Z`) - Math.floor(at / MINUTE) * MINUTE;
}

function formatter(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: known(zone),
  });
}

/** Browsers do not know every zone that the server knows. */
function known(zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}
