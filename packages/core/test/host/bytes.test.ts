import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, isCleanText, textOf } from "../../src/host/bytes.js";

/** Bytes in which valid and broken sequences are next to each other. */
const mixedBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: "binary", maxLength: 3 }).map((text) => Buffer.from(text)),
      fc.constantFrom(
        [0xed, 0xa0, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0xc0, 0x80],
        [0xe0, 0x9f, 0xbf],
        [0xf0, 0x8f, 0xbf],
      ),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

describe("bytes as text", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(mixedBytes, (bytes) => {
        expect([...bytesOf(textOf(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  it("are what they say where they are UTF-8, and clean only there", () => {
    fc.assert(
      fc.property(mixedBytes, (bytes) => {
        const lenient = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
        const valid = Buffer.from(lenient).equals(bytes);
        expect(isCleanText(textOf(bytes))).toBe(valid);
        if (valid) expect(textOf(bytes)).toBe(lenient);
      }),
    );
  });

  it("show each byte that isn't UTF-8 by itself", () => {
    expect(textOf(Buffer.from([0x61, 0xff, 0xc3, 0xbc, 0xc3, 0x62, 0xe2, 0x82]))).toBe("a\udcffü\udcc3b\udce2\udc82");
    expect(textOf(Buffer.from([0xed, 0xa0, 0x80]))).toBe("\udced\udca0\udc80");
    expect(textOf(Buffer.from([0xef, 0xbb, 0xbf, 0x41]))).toBe("\ufeffA");
  });

  it("keep characters beyond the basic plane clean", () => {
    expect(isCleanText("💾")).toBe(true);
    expect(isCleanText("\ud83d")).toBe(false);
    expect([...bytesOf("💾\udcff")]).toEqual([0xf0, 0x9f, 0x92, 0xbe, 0xff]);
  });

  it("go round in bulk", () => {
    const noise = Uint8Array.from({ length: 2_000_000 }, (_, index) => (index * 2654435761) >>> 24);
    expect(bytesOf(textOf(noise)).length).toBe(noise.length);
  });
});
