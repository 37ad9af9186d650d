import { signal } from "@preact/signals";

/** The little of filming that every visit loads: whether this browser can, and whether a recording waits on this device. */

const KEY = "farfield.filmed";

/** A recording may be on this device; its list is only then looked at. */
export const filmedHere = signal(read());

export function rememberFilmed(any: boolean): void {
  filmedHere.value = any;
  try {
    if (any) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: then nothing can be kept here either, and filming is not begun.
  }
}

/** Camera, recorder and a private folder are there. Whether they may be used is asked when filming. */
export function canFilm(): boolean {
  return isSecureContext && "MediaRecorder" in globalThis && !!navigator.mediaDevices?.getUserMedia && !!navigator.storage?.getDirectory
    && !!navigator.locks && "indexedDB" in globalThis;
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
