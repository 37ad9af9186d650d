import { type Signal, signal } from "@preact/signals";
import { room } from "../device/room";
import { levelOf, Silence } from "./choose";

/** What the device itself says while it films: sound, space, battery. Each `watch` ends with its stop. */

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

export function watchFree(told: (bytes: number | null) => void): () => void {
  const look = (): void => void room().then(told);
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
