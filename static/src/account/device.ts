/** What a browser calls itself, in the words people have for it: `Firefox on Android`. */

const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"], [/OPR\/|Opera/, "Opera"], [/SamsungBrowser\//, "Samsung Internet"], [/DuckDuckGo\//, "DuckDuckGo"],
  [/Firefox\/|FxiOS\//, "Firefox"], [/HeadlessChrome\/|Chromium\//, "Chromium"], [/Chrome\/|CriOS\//, "Chrome"], [/Version\/.*Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "an iPhone"], [/iPad/, "an iPad"], [/Android/, "Android"], [/CrOS/, "a Chromebook"],
  [/Windows/, "Windows"], [/Macintosh|Mac OS X/, "a Mac"], [/Linux|X11/, "Linux"],
];

/** Null where nothing is known of it. */
export function device(agent: string): { browser: string | null; system: string | null } | null {
  const named = (list: [RegExp, string][]): string | null => list.find(([pattern]) => pattern.test(agent))?.[1] ?? null;
  const found = { browser: named(BROWSERS), system: named(SYSTEMS) };
  return found.browser || found.system ? found : null;
}
