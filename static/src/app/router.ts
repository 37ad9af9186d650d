import { signal } from "@preact/signals";
import type { Id } from "../api/shapes";

export type Route =
  | { page: Plain | "not-found" }
  | { page: "cycle" | "whole" | "add-lesson" | "film" | "lesson" | "upload" | "people" | "settings"; id: Id }
  | { page: "follow-up"; id: Id; commitment: Id };
type Plain = "home" | "sign-in" | "invitation" | "account" | "outbox" | "unsubscribe" | "here" | "network";

const PLAIN = ["sign-in", "invitation", "account", "outbox", "unsubscribe", "here", "network"] as const;
const PATTERNS: [RegExp, "cycle" | "whole" | "add-lesson" | "film" | "lesson" | "upload" | "people" | "settings"][] = [
  [/^\/cycles\/([^/]+)$/, "cycle"],
  [/^\/cycles\/([^/]+)\/whole$/, "whole"],
  [/^\/cycles\/([^/]+)\/add$/, "add-lesson"],
  [/^\/cycles\/([^/]+)\/film$/, "film"],
  [/^\/lessons\/([^/]+)$/, "lesson"],
  [/^\/lessons\/([^/]+)\/upload$/, "upload"],
  [/^\/programs\/([^/]+)\/people$/, "people"],
  [/^\/programs\/([^/]+)\/settings$/, "settings"],
];

export function routeOf(path: string): Route {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, "") : path;
  if (trimmed === "/" || trimmed === "") return { page: "home" };
  const plain = PLAIN.find((page) => trimmed === `/${page}`);
  if (plain) return { page: plain };
  const asked = /^\/cycles\/([^/]+)\/follow-up\/([^/]+)$/.exec(trimmed);
  if (asked) return { page: "follow-up", id: decodeURIComponent(asked[1]!), commitment: decodeURIComponent(asked[2]!) };
  for (const [pattern, page] of PATTERNS) {
    const found = pattern.exec(trimmed);
    if (found?.[1]) return { page, id: decodeURIComponent(found[1]) };
  }
  return { page: "not-found" };
}

export const route = signal<Route>(routeOf(location.pathname));
/** What stands behind the # of the address: links in letters carry their secret there, where no log sees it. */
export const fragment = signal(fragmentOf(location.hash));
let current = location.pathname;

function fragmentOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
}

export function navigate(path: string, replace = false): void {
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  arrive();
}

function arrive(): void {
  fragment.value = fragmentOf(location.hash);
  if (location.pathname === current) return;
  current = location.pathname;
  route.value = routeOf(current);
  scrollTo(0, 0);
}

export function startRouter(): void {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (/^\/(api|media)\//.test(link.pathname) || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    navigate(link.pathname + link.hash);
  });
}
