import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { initramfsCommand, initramfsTool } from "../../src/kinds/boot/initramfs.js";
import { parseBootSector } from "../../src/kinds/boot/parse-boot-sector.js";
import { debconfValue } from "../../src/kinds/boot/parse-debconf.js";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/boot");
const sector = (name: string) => readFileSync(join(fixtures, name));

describe("boot sectors", () => {
  test("GRUB 2's, as grub-install wrote it", () => {
    expect(parseBootSector(sector("grub-2.06-mbr.bin"))).toEqual({ is: "grub2", coreSector: 1, textAt: 384 });
  });

  test("GRUB 2 that loads its core from a BIOS boot partition", () => {
    const bytes = Buffer.from(sector("grub-2.06-mbr.bin"));
    bytes.writeBigUInt64LE(34n, 0x5c);
    expect(parseBootSector(bytes)).toEqual({ is: "grub2", coreSector: 34, textAt: 384 });
  });

  test("a disk that was only partitioned has no code", () => {
    expect(parseBootSector(sector("sfdisk-mbr.bin"))).toEqual({ is: "none" });
    expect(parseBootSector(new Uint8Array(512))).toEqual({ is: "none" });
  });

  test("GRUB Legacy, LILO, and what nobody knows (made up)", () => {
    const made = (write: (bytes: Buffer) => void) => {
      const bytes = Buffer.alloc(512);
      bytes.writeUInt16BE(0x55aa, 510);
      write(bytes);
      return parseBootSector(bytes);
    };
    const legacy = made((bytes) => {
      bytes.writeUInt16LE(0x0203, 0x3e);
      bytes.writeUInt16LE(0x8000, 0x42);
      bytes.write("GRUB \0Geom", 0x17f);
    });
    expect(legacy).toEqual({ is: "grub-legacy" });
    expect(made((bytes) => bytes.write("LILO", 6))).toEqual({ is: "other", name: "LILO" });
    expect(made((bytes) => bytes.write("GRUB", 6))).toEqual({ is: "other", name: "an unknown GRUB" });
    expect(made((bytes) => bytes.writeUInt8(0xeb, 0))).toEqual({ is: "other", name: null });
  });

  test("half a sector says nothing", () => {
    expect(parseBootSector(new Uint8Array(511))).toBeNull();
  });
});

describe("debconf", () => {
  const text = [
    "Name: grub-pc/install_devices_empty\nTemplate: x\nValue: false\n",
    "Name: grub-pc/install_devices\nTemplate: x\nValue: /dev/disk/by-id/wwn-0x5000c500a0000001, /dev/vdb\nOwners: grub-pc\n",
    "Name: grub-pc/timeout\nTemplate: x\nValue: \n",
  ].join("\n");

  test.each([
    ["grub-pc/install_devices", "/dev/disk/by-id/wwn-0x5000c500a0000001, /dev/vdb"],
    ["grub-pc/timeout", null],
    ["grub-pc/install", null],
  ])("%s", (question, value) => {
    expect(debconfValue(text, question)).toBe(value);
  });
});

describe("the initramfs", () => {
  const image = { prefix: "initramfs-", suffix: ".img" };

  test("dracut's own update-initramfs isn't taken for Debian's", () => {
    const dracut = { dracut: "/usr/bin/dracut", "update-initramfs": "/usr/sbin/update-initramfs" };
    expect(initramfsTool(dracut)).toEqual({ tool: "dracut", path: "/usr/bin/dracut" });
    expect(initramfsTool({ ...dracut, mkinitramfs: "/usr/sbin/mkinitramfs" })?.tool).toBe("update-initramfs");
    expect(initramfsTool({ mkinitrd: "/sbin/mkinitrd" })).toBeUndefined();
  });

  test("by the kernel's name, into the file that the loader names", () => {
    const config = { tool: "dracut", path: "/usr/bin/dracut", image, modules: "/usr/lib/modules" } as const;
    expect(initramfsCommand(config)).toEqual([
      "/usr/bin/dracut",
      "--force",
      "--no-hostonly",
      { concat: ["/boot/initramfs-", { each: true }, ".img"] },
      { each: true },
    ]);
  });
});
