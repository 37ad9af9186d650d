import { signal } from "@preact/signals";
import { expect, it, vi } from "vitest";
import type { Kept } from "../src/record/kept";
import { refusals, tidy } from "../src/record/sending";
import { prepared } from "../src/upload/store";
import { words } from "../src/words";

vi.mock("../src/upload/store", () => ({ prepared: vi.fn() }));
vi.mock("../src/outbox/outbox", () => ({}));

it("says why a take that has arrived cannot be shown, and keeps it to be sent again", async () => {
  const lesson = { state: "refused", reason: "damaged" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ lesson }), { headers: { "Content-Type": "application/json" } }));
  const kept = signal({ lesson: "l", upload: "u", sent: true, send: true } as Kept);
  await tidy(kept);
  expect(refusals.value.get("l")).toBe(words.refused["damaged"]);
  expect(kept.value).toMatchObject({ lesson: "l", sent: false, send: false });
  expect(kept.value.upload).not.toBe("u");
  expect(prepared).toHaveBeenCalledWith("l");
});
