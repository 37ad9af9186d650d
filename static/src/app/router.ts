import { signal } from "@preact/signals";
import type { Id } from "../api/shapes";

export type Route =
  | { page: "home" | "sign-in" | "here" | "not-found" }
  | { page: "cycle" | "add-lesson" | "lesson" | "upload"; id: Id };

const PATTERNS: [RegExp, "cycle" | "add-lesson" | "lesson" | "upload"][] = [
  [/^\/cycles\/([^/]+)$/, "cycle"],
  [/^\/cycles\/([^/]+)\/add$/, "add-lesson"],
  [/^\/lessons\/([^/]+)$/, "lesson"],
  [/^\/lessons\/([^/]+)\/upload$/, "upload"],
];

export function routeOf(path: string): Route {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, "") : path;
  if (trimmed === "/" || trimmed === "") return { page: "home" };
  if (trimmed === "/sign-in") return { page: "sign-in" };
  if (trimmed === "/here") return { page: "here" };
  for (const [pattern, page] of PATTERNS) {
    const found = pattern.exec(trimmed);
    if (found?.[1]) return { page, id: decodeURIComponent(found[1]) };
  }
  return { page: "not-found" };
}

export const route = signal<Route>(routeOf(location.pathname));
let current = location.pathname;

export function navigate(path: string, replace = false): void {
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  arrive();
}

function arrive(): void {
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
    navigate(link.pathname);
  });
}
