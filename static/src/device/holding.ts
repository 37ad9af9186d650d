/**
 * While something goes on that leaving would end: the screen stays on, and leaving is asked about. Until what comes back
 * is called.
 */
export function holdPage(): () => void {
  const over = new AbortController();
  let lock: WakeLockSentinel | null = null;
  let asking = false;
  const stayOn = async (): Promise<void> => {
    if (asking || document.visibilityState !== "visible" || (lock && !lock.released)) return;
    asking = true; // one at a time: a second lock asked for meanwhile would keep the screen on for ever
    // Refused in low-power mode and missing on plain HTTP: the texts say to keep the screen on.
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    asking = false;
    if (over.signal.aborted) release();
  };
  const release = (): void => void lock?.release().catch(() => undefined);
  addEventListener("beforeunload", (event) => event.preventDefault(), { signal: over.signal });
  document.addEventListener("visibilitychange", () => void stayOn(), { signal: over.signal });
  void stayOn();
  return () => {
    over.abort();
    release();
  };
}
