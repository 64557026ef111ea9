import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FatBootSector } from "../../src/kinds/vfat/index.js";
import { parseBootSector } from "../../src/kinds/vfat/parse-boot-sector.js";

const fixtures = join(import.meta.dirname, "../fixtures/vfat");
const sectorOf = (name: string) => new Uint8Array(readFileSync(join(fixtures, `${name}.bin`)));

function parsed(bytes: Uint8Array): FatBootSector {
  const result = parseBootSector("/dev/sda1", bytes);
  if (result.is === "unknown") throw new Error(result.failure.message);
  return result.facts;
}

function refusal(bytes: Uint8Array): string {
  const result = parseBootSector("/dev/sda1", bytes);
  if (result.is === "known") throw new Error("it was taken");
  expect(result.failure.reason).toBe("unexpected-output");
  return result.failure.message;
}

/** What mtools says of the same sector, in its own units. */
function minfo(name: string) {
  const text = readFileSync(join(fixtures, `${name}.minfo.txt`), "utf8");
  const boot = text.slice(text.indexOf("bootsector information"));
  const say = (pattern: RegExp) => pattern.exec(boot)?.[1];
  const number = (pattern: RegExp) => Number(say(pattern) ?? 0);
  const sectorBytes = number(/^sector size: (\d+)/m);
  const serial = say(/^serial number: (\w+)/m) as string;
  const label = (say(/^disk label="(.*)"/m) as string).trimEnd();
  return {
    sectorBytes,
    clusterBytes: number(/^cluster size: (\d+)/m) * sectorBytes,
    reservedBytes: number(/^reserved \(boot\) sectors: (\d+)/m) * sectorBytes,
    fats: number(/^fats: (\d+)/m),
    bytes: (number(/^small size: (\d+)/m) || number(/^big size: (\d+)/m)) * sectorBytes,
    media: number(/^media descriptor byte: (0x\w+)/m),
    fatBytes: (number(/^sectors per fat: (\d+)/m) || number(/^Big fatlen=(\d+)/m)) * sectorBytes,
    rootEntries: number(/^max available root directory slots: (\d+)/m) || null,
    heads: number(/^heads: (\d+)/m),
    sectorsPerTrack: number(/^sectors per track: (\d+)/m),
    hiddenBytes: number(/^hidden sectors: (\d+)/m) * sectorBytes,
    driveNumber: number(/^physical drive id: (0x\w+)/m),
    volumeId: `${serial.slice(0, 4)}-${serial.slice(4)}`,
    bootLabel: label === "NO NAME" ? null : label,
    fatBits: number(/^disk type="FAT(\d+)/m),
    infoAt: number(/^infoSector location=(\d+)/m) * sectorBytes || null,
    backupBootAt: number(/^backup boot sector=(\d+)/m) * sectorBytes || null,
    rootCluster: number(/^rootCluster=(\d+)/m) || null,
    mirroring: number(/^Extended flags=(0x\w+)/m),
    madeBy: say(/^banner:"(.*)"/m),
  };
}

describe("the boot sector says what mtools reads out of it", () => {
  test.each([
    ["mkfs-fat32", false],
    ["mkfs-fat16", false],
    ["mkfs-fat12", false],
    ["mformat-fat32", true],
  ])("%s", (name, hasBootCode) => {
    expect(parsed(sectorOf(name))).toEqual({ ...minfo(name), hasBootCode });
  });
});

describe("what isn't as the kernel takes it is refused by name", () => {
  const changed = (name: string, at: number, ...bytes: readonly number[]) => {
    const sector = sectorOf(name);
    sector.set(bytes, at);
    return sector;
  };
  test.each([
    ["sector size", changed("mkfs-fat32", 11, 0, 1), "a sector of 256 bytes"],
    ["cluster size", changed("mkfs-fat32", 13, 3), "3 sectors in a cluster"],
    ["no cluster size", changed("mkfs-fat32", 13, 0), "0 sectors in a cluster"],
    ["reserved", changed("mkfs-fat16", 14, 0, 0), "no reserved sector"],
    ["fats", changed("mkfs-fat16", 16, 0), "no table"],
    ["media", changed("mkfs-fat16", 21, 0x12), "the media byte 0x12"],
    ["size", changed("mkfs-fat12", 19, 20, 0), "no room for a single cluster"],
    ["root entries", changed("mkfs-fat16", 17, 7, 0), "a root directory of 7 entries"],
    ["no root entries", changed("mkfs-fat16", 17, 0, 0), "a root directory of 0 entries"],
    ["root cluster", changed("mkfs-fat32", 44, 0, 0, 0, 0), "no root directory"],
    ["version", changed("mkfs-fat32", 42, 1, 0), "a version that isn't 0.0"],
    ["old form", changed("mkfs-fat32", 66, 0), "neither volume id nor label"],
    ["old form, 16 bits", changed("mkfs-fat16", 38, 0x28), "neither volume id nor label"],
    ["a short read", sectorOf("mkfs-fat32").subarray(0, 100), "only 100 bytes can be read"],
    ["nothing", new Uint8Array(512), "a sector of 0 bytes"],
  ])("%s", (_name, bytes, why) => {
    expect(refusal(bytes)).toContain(why);
    expect(refusal(bytes)).toContain("/dev/sda1");
  });

  test("a label's bytes are kept, whatever they are", () => {
    expect(parsed(changed("mkfs-fat32", 71, 0x84, 0x20, 0x41)).bootLabel).toBe("\udc84 A");
    expect(parsed(changed("mkfs-fat32", 71, 0x20, 0x45)).bootLabel).toBe(" EI");
  });

  test("no copy of the boot sector, no info sector", () => {
    expect(parsed(changed("mkfs-fat32", 48, 0, 0, 0, 0))).toMatchObject({ infoAt: null, backupBootAt: null });
    expect(parsed(changed("mkfs-fat32", 48, 0xff, 0xff, 0xff, 0xff))).toMatchObject({
      infoAt: null,
      backupBootAt: null,
    });
  });
});
