import { type Signal, signal } from "@preact/signals";
import { levelOf, Silence } from "./choose";

/** What the device itself says while it films: sound, space, battery, and that it stays awake. Each `watch` ends with its stop. */

export interface Level { now: number; silent: boolean }

export function watchLevel(stream: MediaStream): { level: Signal<Level>; stop: () => void } {
  const level = signal<Level>({ now: 0, silent: false });
  const sound = new AudioContext();
  const hears = sound.createAnalyser();
  hears.fftSize = 2048;
  sound.createMediaStreamSource(stream).connect(hears);
  const samples = new Float32Array(hears.fftSize);
  const silence = new Silence();
  const timer = setInterval(() => {
    if (sound.state === "suspended") void sound.resume().catch(() => undefined);
    if (sound.state !== "running") return; // it hears nothing, which says nothing of the room
    hears.getFloatTimeDomainData(samples);
    const now = levelOf(samples);
    level.value = { now, silent: silence.heard(now, performance.now()) };
  }, 100);
  return {
    level,
    stop: () => {
      clearInterval(timer);
      void sound.close().catch(() => undefined);
    },
  };
}

/** Bytes that still fit; null where the browser does not tell. */
export async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : quota - usage;
  } catch {
    return null;
  }
}

export function watchFree(told: (bytes: number | null) => void): () => void {
  const look = (): void => void freeBytes().then(told);
  look();
  const timer = setInterval(look, 10_000);
  return () => clearInterval(timer);
}

export interface Power { level: number; charging: boolean }
type Battery = EventTarget & Power;

/** Calls back with 0 to 1; never where the browser does not tell. */
export function watchPower(told: (power: Power) => void): () => void {
  let battery: Battery | null = null;
  let over = false;
  const tell = (): void => void (battery && told({ level: battery.level, charging: battery.charging }));
  const find = (navigator as unknown as { getBattery?: () => Promise<Battery> }).getBattery;
  find?.call(navigator).then((found) => {
    if (over) return;
    battery = found;
    for (const what of ["levelchange", "chargingchange"]) found.addEventListener(what, tell);
    tell();
  }, () => undefined);
  return () => {
    over = true;
    for (const what of ["levelchange", "chargingchange"]) battery?.removeEventListener(what, tell);
  };
}

/** Keeps the screen on, and takes that up again whenever the page comes back into view. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const take = async (): Promise<void> => {
    if (over || document.visibilityState !== "visible" || (lock && !lock.released)) return;
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    if (over) void lock?.release().catch(() => undefined);
  };
  const again = (): void => void take();
  document.addEventListener("visibilitychange", again);
  again();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release().catch(() => undefined);
  };
}
