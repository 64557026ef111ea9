import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { parseSfdiskDump, parseSfdiskJson } from "../../src/kinds/partition-table/index.js";
import { DOS_SCRIPT, LINUX, SCRIPT } from "./partition-table-fixture.js";
import { blankImage, imageDirectory, makeTable, tool } from "./partition-table-images.js";

const MIB = 1024 * 1024;
const images = imageDirectory();
afterAll(() => images.remove());

function image(name: string, script: string): string {
  const path = blankImage(join(images.path, name), 64 * MIB);
  makeTable(path, script);
  return path;
}

describe("the parsers", () => {
  const read = (text: string, sectorBytes: number | null = 512) =>
    parseSfdiskDump(text, "sfdisk --dump /dev/sda", sectorBytes);
  const head = "label: gpt\nlabel-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539\ndevice: /dev/sda\nunit: sectors\n";
  const line = `/dev/sda1 : start=        2048, size=        4096, type=${LINUX.toUpperCase()}, uuid=4DD6948A-44F8-4E6C-8BDC-064F740704F8`;

  test.skipIf(lacks("sfdisk")).each([SCRIPT, DOS_SCRIPT])("the JSON says what the script says", (script) => {
    const path = image("json", script);
    const dump = parseSfdiskDump(tool(["sfdisk", "--dump", path]), "dump", null);
    expect(dump).toMatchObject({ is: "known" });
    expect(parseSfdiskJson(tool(["sfdisk", "--json", path]), "json", null)).toEqual(dump);
  });

  // typed by hand after libfdisk/src/script.c of util-linux 2.26 to 2.32
  test("before 2.35 the sector size isn't printed, and is the device's own", () => {
    expect(read(`${head}\n${line}\n`, 4096)).toMatchObject({ facts: { partitions: [{ startBytes: 2048 * 4096 }] } });
    expect(read(`${head}\n${line}\n`, null)).toMatchObject({ is: "unknown", failure: { reason: "not-recorded" } });
  });

  test("before 2.33 quotes in names weren't escaped, before 2.29 an attribute was misspelt", () => {
    const text = `${head}\n${line}, name="say "hi", twice", attrs="RequiredPartiton GUID:62,63"\n`;
    expect(read(text)).toMatchObject({ facts: { partitions: [{ name: 'say "hi", twice', attributes: [0, 62, 63] }] } });
  });

  test("attributes that sfdisk has no word for aren't known from it", () => {
    expect(read(`${head}\n${line}, attrs=""\n`)).toMatchObject({ facts: { partitions: [{ attributes: null }] } });
  });

  test.each([
    [
      "the form of before 2.26",
      "# partition table of /dev/sda\nunit: sectors\n\n/dev/sda1 : start=     2048, size=  2097152, Id=83\n",
      "# partition table of /dev/sda",
    ],
    ["an unknown header", `${head}colour: red\n\n${line}\n`, "colour: red"],
    ["an unknown field", `${head}\n${line}, colour="red"\n`, `${line}, colour="red"`],
    ["an unknown attribute", `${head}\n${line}, attrs="Pink"\n`, `${line}, attrs="Pink"`],
    ["another unit", head.replace("sectors", "cylinders"), "cylinders"],
    ["another label", head.replace("gpt", "sun"), "sun"],
    [
      "a start beyond all numbers",
      `${head}\n${line.replace("2048", "99999999999999999")}\n`,
      line.replace("2048", "99999999999999999"),
    ],
    ["nothing", "", ""],
  ])("%s is refused with its line", (_what, text, said) => {
    expect(read(text)).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", line: said } });
  });

  test.each(["", "{}", '{"partitiontable": {"label": "gpt", "device": "/dev/sda", "unit": "sectors", "colour": 1}}'])(
    "JSON that isn't sfdisk's is refused: %s",
    (text) => {
      expect(parseSfdiskJson(text, "json", 512)).toMatchObject({
        is: "unknown",
        failure: { reason: "unexpected-output" },
      });
    },
  );
});
