import { describe, expect, it } from "vitest";
import * as z from "zod";
import { BmrError } from "../../src/error.js";
import { readDetail, writeDetail } from "../../src/layout/detail.js";
import type { Detail } from "../../src/layout/layout.js";

const schema: z.ZodType<{ blocks: number }> = z.strictObject({ blocks: z.number() });

describe("a detail", () => {
  it("comes back as it was written", () => {
    expect(readDetail(schema, writeDetail({ blocks: 7 }))).toEqual({ blocks: 7 });
  });

  it("is checked where it comes from a file, also if it is the same text", () => {
    const written = writeDetail({ blocks: 7 });
    const fromFile = JSON.parse(JSON.stringify(written)) as Detail;
    expect(readDetail(schema, fromFile)).toEqual({ blocks: 7 });
    expect(() => readDetail(schema, { ...fromFile, blocks: "7" })).toThrow(/blocks: /);
    expect(() => readDetail(schema, { ...written, more: 1 })).toThrow(BmrError);
  });

  it("isn't the value that it was written of, which may change after", () => {
    const value = { blocks: 7 };
    const detail = writeDetail(value);
    value.blocks = 8;
    expect(detail.blocks).toBe(7);
  });
});
