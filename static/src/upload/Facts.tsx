import { size } from "../time/format";
import { words } from "../words";
import { cap, line, rateBefore, shareOf } from "./manner";
import { timeLeft } from "./plan";

/** What sending so much will mean: how long, and what of a data plan. */
export function Facts({ bytes }: { bytes: number }) {
  const say = words.upload;
  const before = rateBefore();
  const rate = before && 1000 * before / Math.max(1000, shareOf(cap.value, before, 1000));
  const time = timeLeft(bytes, rate);
  const roughly = bytes < 1e9 ? size(bytes) : `${(bytes / 1e9).toFixed(1)} GB`;
  const wired = line.value === "wifi" || line.value === "ethernet";
  return (
    <ul class="facts quiet">
      <li>{time ? say.takes(time.low, time.high, time.unit) : say.takesUnknown}</li>
      {!wired && <li>{line.value === "cellular" ? say.costs(roughly) : say.costsMaybe(roughly)}</li>}
    </ul>
  );
}
