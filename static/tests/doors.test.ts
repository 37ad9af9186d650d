import { describe, expect, it } from "vitest";
import { device } from "../src/account/device";
import { pieces } from "../src/letters/links";
import { ownPath } from "../src/session/wanted";

describe("what a browser calls itself", () => {
  it.each([
    ["Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", "Firefox", "Android"],
    ["Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1", "Safari", "an iPhone"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/129.0 Mobile/15E148 Safari/604.1", "Chrome", "an iPhone"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15", "Safari", "a Mac"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0", "Edge", "Windows"],
    ["Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36", "Chrome", "a Chromebook"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/129.0.0.0 Safari/537.36", "Chromium", "Linux"],
    ["SomethingElse/1.0 (Linux)", null, "Linux"],
  ])("%s", (agent, browser, system) => expect(device(agent)).toEqual({ browser, system }));

  it.each(["", "curl/8.5.0", "‮🙂"])("says nothing of %j", (agent) => expect(device(agent)).toBeNull());
});

describe("the addresses in a letter", () => {
  const found = (text: string) => pieces(text).filter(({ href }) => href).map(({ href }) => href);
  it("are found, and nothing of the text is lost", () => {
    const text = "Sign in: http://localhost:8080/sign-in#a_b-C\n\n--\nNo more: <https://x.example/api/unsubscribe/q>.";
    expect(found(text)).toEqual(["http://localhost:8080/sign-in#a_b-C", "https://x.example/api/unsubscribe/q"]);
    expect(pieces(text).map((piece) => piece.text).join("")).toBe(text);
  });
  it("end before what ends the sentence", () => {
    expect(found("See https://x.example/a, or (https://x.example/b).")).toEqual(["https://x.example/a", "https://x.example/b"]);
  });
  it("are only those of the web", () => expect(found("javascript:alert(1) data:text/html,x mailto:a@b.example")).toEqual([]));
});

describe("where one goes after signing in", () => {
  const own = (path: string) => ownPath(path, "https://farfield.example");
  it.each(["/", "/lessons/1", "/invitation#abc", "/account"])("%s is ours", (path) => expect(own(path)).toBe(path));
  it.each(["", "lessons", "//evil.example/", "/\\evil.example", "https://evil.example/", "https://farfield.example/", "javascript:alert(1)",
    "/api/session", "/media/x", "/sign-in", "/sign-in#abc", "/x/../api/session"])("%s is not", (path) => expect(own(path)).toBeNull());
});
