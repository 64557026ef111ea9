import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../src/host/bytes.js";
import { lineSplitter, outputTail } from "../../src/host/output-lines.js";

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe("lineSplitter", () => {
  it("ends lines at LF, CR LF and CR, and gives the last one without an end", () => {
    expect(linesOf([Buffer.from("a\n\nb\r\nc\rd")])).toEqual(["a", "", "b", "c", "d"]);
    expect(linesOf([Buffer.from("a\r"), Buffer.from("\nb\r"), Buffer.from("c\n")])).toEqual(["a", "b", "c"]);
    expect(linesOf([])).toEqual([]);
  });

  it("keeps bytes that aren't UTF-8, and characters that come in two pieces", () => {
    const umlaut = Buffer.from("ü\n");
    expect(linesOf([umlaut.subarray(0, 1), umlaut.subarray(1), Buffer.from([0xff, 0x0a])])).toEqual(["ü", "\udcff"]);
  });

  it("doesn't depend on how the output was cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "ü", "\n", "\r", "\r\n") })), (parts) => {
        const whole = Buffer.from(parts.join(""));
        const bytes = [...whole].map((byte) => Buffer.of(byte));
        expect(linesOf(bytes)).toEqual(linesOf([whole]));
        expect(linesOf(parts.map((part) => Buffer.from(part)))).toEqual(linesOf([whole]));
      }),
    );
  });

  it("hands on an endless line in parts", () => {
    const parts = linesOf(Array.from({ length: 10 }, () => Buffer.alloc(50_000, "x")));
    expect(parts.join("")).toHaveLength(500_000);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(120_000);
  });
});

describe("outputTail", () => {
  it("keeps whole lines of the end and counts the rest", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n", "ü") })), fc.nat(30), (parts, limit) => {
        const tail = outputTail(limit + 1);
        for (const part of parts) tail.push(Buffer.from(part));
        const whole = Buffer.from(parts.join(""));
        const kept = bytesOf(tail.text());
        expect(kept.length).toBeLessThanOrEqual(limit + 1);
        expect(tail.cut() + kept.length).toBe(whole.length);
        expect(Buffer.from(kept)).toEqual(whole.subarray(tail.cut()));
        if (whole.length <= limit + 1) expect(tail.cut()).toBe(0);
      }),
    );
  });
});
