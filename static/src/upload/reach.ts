/** What answers on this link, as far as anything does. */
export type Reached = "farfield" | "portal";

/** How often something new is asked: the link's return is noticed within this time. */
const EVERY_MS = 1_250;
/** A connection that is being set up into the dark tries again only after ever longer waits, so each question is a fresh one. */
const QUICK_MS = 6_000;
/** One of them waits long, for links so slow that four round trips take more than the others may. */
const PATIENT_MS = 60_000;
const CHEAP = "/favicon.svg";

type Ask = (signal: AbortSignal) => Promise<Reached | null>;

/** Resolves when something answers; when `stop` aborts it resolves too. Asks at once when the browser sees a sign of the link. */
export function reached(stop: AbortSignal, ask: Ask = askCheap): Promise<Reached> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const asking = new Set<AbortController>();
    let patient = false;
    const end = (found: Reached): void => {
      clearInterval(timer);
      over.abort();
      for (const each of asking) each.abort();
      resolve(found);
    };
    const one = async (ms: number): Promise<void> => {
      const mine = new AbortController();
      asking.add(mine);
      const late = setTimeout(() => mine.abort(), ms);
      const found = await ask(mine.signal).catch(() => null);
      clearTimeout(late);
      asking.delete(mine);
      if (found && !over.signal.aborted) end(found);
    };
    const next = (): void => {
      if (patient) return void one(QUICK_MS);
      patient = true;
      void one(PATIENT_MS).then(() => (patient = false));
    };
    const timer = setInterval(next, EVERY_MS);
    signs(next, over.signal);
    stop.addEventListener("abort", () => end("farfield"), { signal: over.signal });
    next();
    if (stop.aborted) end("farfield");
  });
}

/** Calls back when it may be worth trying at once: the page is back in front, or the browser says it is online. */
export function signs(then: () => void, signal: AbortSignal): void {
  const seen = (): void => void (document.visibilityState === "visible" && then());
  addEventListener("online", then, { signal });
  addEventListener("pageshow", then, { signal });
  document.addEventListener("visibilitychange", seen, { signal });
}

/** A few hundred bytes, past no database. A log-in page of the Wi-Fi answers with a page, or sends elsewhere. */
async function askCheap(signal: AbortSignal): Promise<Reached | null> {
  const answer = await fetch(CHEAP, { method: "HEAD", cache: "no-store", redirect: "manual", signal });
  if (answer.type === "opaqueredirect" || answer.status === 511) return "portal";
  if (answer.status >= 500) return null;
  return (answer.headers.get("Content-Type") ?? "").includes("svg") ? "farfield" : "portal";
}
