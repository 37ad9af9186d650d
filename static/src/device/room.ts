/** Bytes that may still be stored here; null where the browser does not say. */
export async function room(): Promise<number | null> {
  const told = await navigator.storage?.estimate?.().catch(() => null);
  return told?.quota === undefined ? null : told.quota - (told.usage ?? 0);
}
