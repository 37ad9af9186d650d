import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { filming } from "../words/filming";
import { minutesLeft, type Quality } from "./choose";
import { type Level, type Power, watchFree, watchLevel, watchPower } from "./device";

const LITTLE_MINUTES = 60;
const LOW_BATTERY = 0.3;

/** What may end a take too early: a mute microphone, a full device, an empty battery. Quiet as long as all is well. */
export function Facts({ stream, quality, running }: { stream: MediaStream; quality: Quality; running: boolean }) {
  const free = useSignal<number | null>(null);
  const power = useSignal<Power | null>(null);
  const level = useSignal<Level>({ now: 0, silent: false });
  useEffect(() => watchFree((bytes) => (free.value = bytes)), []);
  useEffect(() => watchPower((now) => (power.value = now)), []);
  useEffect(() => {
    const watched = watchLevel(stream);
    const stop = watched.level.subscribe((now) => (level.value = now));
    return () => {
      stop();
      watched.stop();
    };
  }, [stream]);
  const say = filming;
  const { now, silent } = level.value;
  const minutes = free.value === null ? null : minutesLeft(free.value, quality);
  const battery = power.value && Math.round(power.value.level * 100);
  const low = power.value && !power.value.charging && power.value.level < LOW_BATTERY;
  return (
    <div class="facts">
      <p class="line"><span id="sound-level">{say.level}</span> <meter class="level" aria-labelledby="sound-level" min={0} max={1} low={0.08} value={now} /></p>
      {silent && <p class="notice" role="status">{running ? say.silentFilming : say.silent}</p>}
      {minutes !== null && (minutes < LITTLE_MINUTES ? <p class="notice">{say.fitsLittle(minutes)}</p> : !running && <p class="quiet">{say.fits(minutes)}</p>)}
      {power.value && battery !== null && (low ? <p class="notice">{say.batteryLow(battery)}</p> : !running && <p class="quiet">{say.battery(battery, power.value.charging)}</p>)}
    </div>
  );
}
