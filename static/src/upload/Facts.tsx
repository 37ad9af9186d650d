import type { Ways } from "../smaller/ways";
import { size } from "../time/format";
import { words } from "../words";
import { cap, line, rateBefore, shareOf } from "./manner";
import { timeLeft, USUAL_RATE } from "./plan";

/** What sending so much in this way will mean: how long, and what of a data plan. */
export function Facts({ bytes: all, ways: { small, sound } }: { bytes: number; ways: Ways }) {
  const say = words.upload;
  const before = rateBefore();
  const rate = before ?? USUAL_RATE;
  const bytes = (small?.bytes ?? all) + (sound?.bytes ?? 0);
  const time = timeLeft(bytes, 1000 * rate / Math.max(1000, shareOf(cap.value, rate, 1000)), small?.making);
  const roughly = bytes < 1e9 ? size(bytes) : `${(bytes / 1e9).toFixed(1)} GB`;
  const wired = line.value === "wifi" || line.value === "ethernet";
  return (
    <ul class="facts quiet">
      {time && (
        <li>
          {before ? say.takes(time.low, time.high, time.unit, small !== null) : say.takesGuess(time.low, time.high, time.unit, small !== null, USUAL_RATE * 8 / 1e6)}
        </li>
      )}
      {!wired && <li>{line.value === "cellular" ? say.costs(roughly) : say.costsMaybe(roughly)}</li>}
    </ul>
  );
}
