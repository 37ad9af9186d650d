import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hexToBase64, Sha256, toHex } from "../src/ids/sha256";
import { newId } from "../src/ids/uuid";

const hex = (data: Uint8Array): string => toHex(new Sha256().update(data).digest());
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

describe("Sha256", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
  ])("of %j is the published one", (words, sum) => {
    expect(hex(text(words))).toBe(sum);
  });

  it("of a million a is the published one", () => {
    expect(hex(new Uint8Array(1_000_000).fill(97))).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  });

  it("agrees with another implementation at every length around a block, in one piece or many", () => {
    const data = new Uint8Array(randomBytes(300));
    for (let length = 0; length <= 300; length++) {
      const piece = data.subarray(0, length);
      const expected = createHash("sha256").update(piece).digest("hex");
      expect(hex(piece)).toBe(expected);
      const streamed = new Sha256();
      for (let at = 0; at < length; at += 37) streamed.update(piece.subarray(at, Math.min(at + 37, length)));
      expect(toHex(streamed.digest())).toBe(expected);
    }
  });

  it("turns hex into the base64 of the checksum header", () => {
    const data = randomBytes(100);
    const sum = createHash("sha256").update(data);
    expect(hexToBase64(hex(new Uint8Array(data)))).toBe(sum.digest("base64"));
  });
});

describe("newId", () => {
  it("is a lower-case version 4 UUID, another one each time", () => {
    const ids = Array.from({ length: 200 }, newId);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(200);
  });
});
