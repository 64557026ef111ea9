import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseSfdiskDump, parseSfdiskJson } from "../../src/kinds/partition-table/index.js";
import { recordings } from "../recordings/recorded-systems.js";

const outputs = join(recordings, "outputs");
const output = (file: string): string => readFileSync(join(outputs, file), "utf8");

describe.skipIf(!existsSync(outputs))("tables that others recorded", () => {
  test("a GPT as a script", () => {
    const read = parseSfdiskDump(output("util-linux/sfdisk/gpt-write-dump"), "sfdisk", null);
    expect(read).toMatchObject({
      is: "known",
      facts: { label: "gpt", id: "3B8559DB-33AF-43E9-BEFC-C331D829B539", sectorBytes: 512, tableLength: 128 },
    });
    const { partitions } = (read as Extract<typeof read, { is: "known" }>).facts;
    expect(partitions.map(({ number, startBytes, name }) => [number, startBytes / 512, name])).toEqual([
      [1, 2048, ""],
      [2, 8192, ""],
      [3, 14336, ""],
      [4, 20480, "GPT is the best"],
    ]);
  });

  test("a DOS table with logical partitions as JSON", () => {
    const read = parseSfdiskJson(output("util-linux/sfdisk/dos-write-json"), "sfdisk", null);
    const { partitions } = (read as Extract<typeof read, { is: "known" }>).facts;
    expect(partitions.map(({ number, type, bootable }) => [number, type, bootable])).toEqual([
      [1, "0x83", true],
      [2, "0x82", false],
      [3, "0x83", false],
      [4, "0x5", false],
      [5, "0x83", false],
      [6, "0x83", false],
    ]);
  });

  test("a script of util-linux before 2.26 is refused, not half understood", () => {
    expect(parseSfdiskDump(output("jc/centos-7.7/sfdisk-d.out"), "sfdisk", 512)).toMatchObject({
      is: "unknown",
      failure: { reason: "unexpected-output", line: "# partition table of /dev/sda" },
    });
  });
});
