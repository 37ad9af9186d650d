import { describe, expect, it } from "vitest";
import { titleOf } from "../src/network/asking";
import { asText, clockSays, downSays, mbit, upSays } from "../src/network/saying";

describe("a page that is not ours", () => {
  it.each([
    ["<html><head><title>Blocked by\n  SchoolGuard</title>", "Blocked by SchoolGuard"],
    ["<TITLE lang=en>Log in</TITLE>", "Log in"],
    ["<h1>no title</h1>", ""],
    [`<title>${"x".repeat(300)}</title>`, `${"x".repeat(79)}…`],
  ])("%s", (html, title) => expect(titleOf(html)).toBe(title));
});

describe("a rate", () => {
  it.each([[62_500, "0.5 Mbit/s."], [250_000, "2.0 Mbit/s."], [12_500_000, "100 Mbit/s."]])("%d bytes a second", (rate, said) => expect(mbit(rate)).toBe(said));
  it.each([[62_500, "about 80 minutes"], [250_000, "about 20 minutes"], [12_500_000, "about a minute"], [6_250, "about 13 hours"]])("%d up", (rate, said) => expect(upSays(rate)).toContain(said));
  it("says what can be watched with it", () => expect([400_000, 100_000, 30_000].map(downSays)).toEqual([
    "Video plays without a stop.", "Video plays in its smallest picture.", "Video stops while it plays; its sound may do.",
  ]));
});

describe("a clock", () => {
  it("is right within a few seconds", () => expect(clockSays(-3_000).verdict).toBe("works"));
  it.each([[-86_400_000, "It is 24 hours behind."], [600_000, "It is 10 minutes ahead."], [30_000, "It is 30 seconds ahead."]])("%d ms", (ms, said) =>
    expect(clockSays(ms)).toMatchObject({ verdict: "note", says: said }));
});

it("all of it is plain text for a mail", () => {
  const text = asText([
    { check: "answer", verdict: "works", says: "There." },
    { check: "socket", verdict: "fails", says: "Not opened.", means: "Later.", change: "Allow it." },
  ], ["farfield.example"], [["Host", "farfield.example"]]);
  expect(text).toBe("farfield.example\n\nFarfield answers: works. There.\nWebSocket: does not work. Not opened.\n  For teachers: Later.\n  To change: Allow it.\n\nWhat to allow:\n- Host: farfield.example\n");
});
