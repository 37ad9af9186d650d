import type { Progress } from "../api/shapes";
import { words } from "../words";

/** How far the preparing of a video is. Said aloud once, when it begins; the figures are for the eye. */
export function Making({ now }: { now: Progress | null }) {
  if (!now) return null;
  const say = words.making;
  const left = now.left_ms === null ? null : say.left(Math.ceil(now.left_ms / 60_000));
  return (
    <div class="making">
      <p class="times">{say[now.stage]}{now.percent !== null && ` ${say.percent(now.percent)}`}{left && <span class="quiet"> · {left}</span>}</p>
      {now.percent !== null && (
        <div class="bar" role="progressbar" aria-label={say.label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={now.percent}>
          <span class="stored" style={{ width: `${now.percent}%` }} />
        </div>
      )}
    </div>
  );
}
