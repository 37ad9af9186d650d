/** The time zones this browser knows, with the device's own among them, and that one. */
export function zones(): { own: string; all: string[] } {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  // Not in browsers from before 2022.
  const known = "supportedValuesOf" in Intl ? Intl.supportedValuesOf("timeZone") : [];
  return { own, all: [...new Set([...known, own, "UTC"])].sort() };
}
