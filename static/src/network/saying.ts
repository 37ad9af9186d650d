import { network as say } from "../words/network";
import type { Result } from "./checks";

const LESSON_BYTES = 300e6;
/** The rungs of the ladder with their sound, in bits a second: below the first even that stops. */
const SMALLEST_PICTURE = 500_000;
const GOOD_PICTURE = 2_500_000;
const RIGHT_WITHIN_MS = 5_000;

/** `bytesPerSecond` as people who look after networks say it. */
export function mbit(bytesPerSecond: number): string {
  const rate = (bytesPerSecond * 8) / 1e6;
  return `${say.speed.rate(rate < 10 ? rate.toFixed(1) : String(Math.round(rate)))}.`;
}

export function upSays(bytesPerSecond: number): string {
  return say.speed.up(say.speed.minutes(Math.ceil(LESSON_BYTES / bytesPerSecond / 60)));
}

export function downSays(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8;
  return bits >= GOOD_PICTURE ? say.speed.down.good : bits >= SMALLEST_PICTURE ? say.speed.down.low : say.speed.down.none;
}

/** `aheadMs`: how far this device's clock is ahead of the server's. */
export function clockSays(aheadMs: number): Omit<Result, "check"> {
  const off = Math.abs(aheadMs);
  if (off < RIGHT_WITHIN_MS) return { verdict: "works", says: say.clock.right };
  const { seconds, minutes, hours } = say.clock.amount;
  const much = off < 120e3 ? seconds(Math.round(off / 1e3)) : off < 120 * 60e3 ? minutes(Math.round(off / 60e3)) : hours(Math.round(off / 3600e3));
  return { verdict: "note", says: say.clock.off(much, aheadMs > 0 ? "ahead" : "behind"), means: say.clock.means, change: say.clock.change };
}

/** All of it as plain text, for a mail or a ticket. */
export function asText(results: Result[], head: string[], allow: [string, string][]): string {
  const lines = results.flatMap(({ check, verdict, says, means, change }) => [
    `${say.name[check]}: ${say.verdict[verdict]}. ${says}`,
    ...(means ? [`  ${say.means}${means}`] : []),
    ...(change ? [`  ${say.change}${change}`] : []),
  ]);
  return [...head, "", ...lines, "", `${say.allowTitle}:`, ...allow.map(([name, text]) => `- ${name}: ${text}`), ""].join("\n");
}
