/** Under this name one tab at a time sends an upload. */
export const lockOf = (upload: string): string => `upload:${upload}`;

/** Whether a tab of this browser is sending it. */
export async function sentHere(upload: string): Promise<boolean> {
  const { held = [] } = (await globalThis.navigator?.locks?.query()) ?? {};
  return held.some(({ name }) => name === lockOf(upload));
}

/**
 * Does the work while no other tab of this browser does it. If one does, says so, waits until it ends, and takes over;
 * `work` is told whether it waited. Without a secure context there are no locks, and two tabs do no harm, only double work.
 */
export async function alone(name: string, stop: AbortSignal, other: () => void, work: (waited: boolean) => Promise<void>): Promise<void> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work(false);
  const mine = await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work(false);
    return lock !== null;
  });
  if (mine) return;
  other();
  await locks.request(name, { signal: stop }, () => work(true));
}
