import { describe, expect, it } from "vitest";
import {
  bytesPerSecond, extensionOf, formatOf, levelOf, minutesLeft, QUALITIES, refusalOf, Silence, SPARE_BYTES,
} from "../src/record/choose";

describe("what a take needs", () => {
  it("tells how many minutes fit, with some room left for the rest of the device", () => {
    const minute = bytesPerSecond(QUALITIES.normal) * 60;
    expect(minutesLeft(SPARE_BYTES + 45.5 * minute, QUALITIES.normal)).toBe(45);
    expect(minutesLeft(SPARE_BYTES - 1, QUALITIES.normal)).toBe(0);
    expect(minutesLeft(0, QUALITIES.fine)).toBe(0);
  });

  it("comes to about 700 MB an hour in the normal quality", () => {
    expect(bytesPerSecond(QUALITIES.normal) * 3600).toBeCloseTo(718e6, -7);
  });
});

describe("the format", () => {
  const chromium = (type: string): boolean => !type.includes("mp4a");
  const firefox = (type: string): boolean => type === "video/webm" || type.includes("vp8");
  const safari = (type: string): boolean => type === "video/mp4";

  it.each([
    ["a chip makes H.264", chromium, true, "video/x-matroska;codecs=avc1,opus"],
    ["software only", chromium, false, "video/webm;codecs=vp8,opus"],
    ["no H.264 whatever the chip", firefox, true, "video/webm;codecs=vp8,opus"],
    ["MP4 only", safari, true, "video/mp4"],
    ["none", () => false, true, null],
  ])("is chosen where %s", (_, supported, chip, wanted) => {
    expect(formatOf(supported, chip)).toBe(wanted);
  });

  it("names the file after it", () => {
    expect(["video/mp4", "video/x-matroska;codecs=avc1,opus", "video/webm"].map(extensionOf)).toEqual(["mp4", "mkv", "webm"]);
  });
});

describe("the sound", () => {
  it("is a level between 0 and 1 over 60 dB", () => {
    expect(levelOf(new Float32Array(100))).toBe(0);
    expect(levelOf(new Float32Array(100).fill(1))).toBe(1);
    expect(levelOf(new Float32Array(100).fill(0.0316))).toBeCloseTo(0.5, 2);
    expect(levelOf(new Float32Array(0))).toBe(0);
  });

  it("is missed only after ten seconds without any, and no longer once it is heard", () => {
    const silence = new Silence();
    expect(silence.heard(0, 0)).toBe(false);
    expect(silence.heard(0.01, 9_900)).toBe(false);
    expect(silence.heard(0, 10_000)).toBe(true);
    expect(silence.heard(0.4, 10_100)).toBe(false);
    expect(silence.heard(0, 10_200)).toBe(false);
    expect(silence.heard(0, 20_100)).toBe(false);
    expect(silence.heard(0, 20_200)).toBe(true);
  });
});

describe("a camera that does not come", () => {
  it.each([
    ["NotAllowedError", "denied"], ["SecurityError", "denied"], ["NotFoundError", "none"], ["OverconstrainedError", "none"],
    ["NotReadableError", "busy"], ["AbortError", "busy"], ["TypeError", "other"],
  ])("says why: %s", (name, why) => {
    expect(refusalOf(name)).toBe(why);
  });
});
