import { useSignal } from "@preact/signals";
import { clock } from "../time/format";
import { words } from "../words";
import type { Playback } from "./playback";
import { msOf } from "./timeline";

/** Where nothing plays, the person says which moment they mean. */
export function AtTime({ playback }: { playback: Playback }) {
  const text = useSignal(clock(playback.at.value));
  return (
    <label class="field at-time">
      <span>{words.local.atTime}</span>
      <input
        type="text" inputMode="numeric" size={8} value={text.value} aria-describedby="at-time-hint"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          const ms = msOf(text.value);
          if (ms !== null) playback.seek(ms);
        }}
      />
      <small id="at-time-hint" class="quiet">{words.local.atTimeHint}</small>
    </label>
  );
}
