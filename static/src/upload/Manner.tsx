import type { Signal } from "@preact/signals";
import { timeOfDay } from "../time/format";
import { words } from "../words";
import { cap, CAPS, choose, line, onlyWifi } from "./manner";
import { nextAt } from "./picking";

const HOURS = [20, 22, 0, 2];
export const atTime = (moment: number): string => timeOfDay(new Date(moment).toISOString());

/** How the connection may be used. `start`: the moment before which nothing is sent; null leaves that out. */
export function Manner({ start }: { start: Signal<number> | null }) {
  const say = words.upload;
  const now = new Date();
  return (
    <details class="manner">
      <summary>{say.manner}</summary>
      <fieldset class="field">
        <legend>{say.speed}</legend>
        {CAPS.map((each) => (
          <label key={each} class="check">
            <input type="radio" name="speed" checked={cap.value === each} onChange={() => choose({ cap: each })} />
            <span>{say.speeds[each]}</span>
          </label>
        ))}
      </fieldset>
      {line.value !== null && (
        <label class="check">
          <input type="checkbox" checked={onlyWifi.value} onChange={(event) => choose({ wifi: event.currentTarget.checked })} />
          <span>{say.wifiOnly}</span>
        </label>
      )}
      {start && (
        <label class="field">
          <span>{say.when}</span>
          <select value={String(start.value)} onChange={(event) => (start.value = Number(event.currentTarget.value))} aria-describedby="when-hint">
            <option value="0">{say.now}</option>
            {HOURS.map((hour) => nextAt(hour, now)).sort().map((at) => <option key={at} value={String(at)}>{say.from(atTime(at))}</option>)}
          </select>
          <small id="when-hint" class="quiet">{say.whenHint}</small>
        </label>
      )}
    </details>
  );
}
