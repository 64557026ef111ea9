import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NamedDisk } from "../../src/references/names-of.js";
import { renameText } from "../../src/references/rename-text.js";
import { NO_RENAMES, renamesOf } from "../../src/references/renames.js";
import { disk, link, lun, NEW_LUN, OLD_LUN, place, renamesBetween, volume } from "./names.js";

const LUNS = renamesBetween([OLD_LUN, NEW_LUN]);
const OLD = "3600507680181807628000000000002a9";
const NEW = "36005076801918140900000000000017f";

function renamed(text: string, renames = LUNS): string {
  return renameText(text, renames).text;
}

function left(text: string, renames = LUNS): readonly string[] {
  return renameText(text, renames).left.map(({ name }) => name);
}

describe("names of a multipathed LUN", () => {
  test.each([
    ["multipath's wwids", `/${OLD}/\n`, `/${NEW}/\n`],
    ["multipath's bindings", `mpatha ${OLD}\n`, `mpatha ${NEW}\n`],
    ["multipath.conf", `  wwid "${OLD}"\n`, `  wwid "${NEW}"\n`],
    ["a map without an alias", `/dev/mapper/${OLD}-part2 /srv xfs\n`, `/dev/mapper/${NEW}-part2 /srv xfs\n`],
    [
      "a partition by older kpartx",
      `/dev/mapper/${OLD}p2 /dev/mapper/${OLD}_part3`,
      `/dev/mapper/${NEW}p2 /dev/mapper/${NEW}_part3`,
    ],
    [
      "device-mapper's link",
      `/dev/disk/by-id/dm-uuid-part2-mpath-${OLD} /`,
      `/dev/disk/by-id/dm-uuid-part2-mpath-${NEW} /`,
    ],
    ["device-mapper's link to the disk", `dm-uuid-mpath-${OLD}`, `dm-uuid-mpath-${NEW}`],
    [
      "LVM's devices file",
      `IDTYPE=mpath_uuid IDNAME=part2-mpath-${OLD} DEVNAME=/dev/mapper/mpatha-part2`,
      `IDTYPE=mpath_uuid IDNAME=part2-mpath-${NEW} DEVNAME=/dev/mapper/mpatha-part2`,
    ],
    ["a WWN", `/dev/disk/by-id/wwn-0x${OLD.slice(1)}-part1`, `/dev/disk/by-id/wwn-0x${NEW.slice(1)}-part1`],
    [
      "scsi_id's link",
      `resume=/dev/disk/by-id/scsi-${OLD}-part6 quiet`,
      `resume=/dev/disk/by-id/scsi-${NEW}-part6 quiet`,
    ],
    [
      "a filter of LVM",
      `filter = [ "a|^/dev/disk/by-id/scsi-${OLD}-part.*|", "r|.*|" ]`,
      `filter = [ "a|^/dev/disk/by-id/scsi-${NEW}-part.*|", "r|.*|" ]`,
    ],
    [
      "a rule of udev",
      `ENV{DM_UUID}=="mpath-${OLD}", SYMLINK+="data"`,
      `ENV{DM_UUID}=="mpath-${NEW}", SYMLINK+="data"`,
    ],
    [
      "a unit of systemd",
      `Requires=dev-disk-by\\x2did-scsi\\x2d${OLD}\\x2dpart6.device`,
      `Requires=dev-disk-by\\x2did-scsi\\x2d${NEW}\\x2dpart6.device`,
    ],
    [
      "a unit of systemd, of a map",
      `After=dev-mapper-${OLD}\\x2dpart6.device`,
      `After=dev-mapper-${NEW}\\x2dpart6.device`,
    ],
  ])("%s", (_, before, after) => {
    expect(renamed(before)).toBe(after);
    expect(left(before)).toEqual([]);
    expect(renamed(after, renamesBetween([NEW_LUN, OLD_LUN]))).toBe(before);
  });

  test("its alias stays: bindings say which LUN it is", () => {
    const text = "/dev/mapper/mpatha-part1 /boot ext4 defaults 0 2\n";
    expect(renameText(text, LUNS)).toEqual({ text, left: [] });
  });

  test("which of its paths stands for which can't be known", () => {
    const path = "ccw-0.0.fd00-fc-0x500507630300c562-lun-0x4010400000000000";
    const text = `/dev/disk/by-path/${path}-part1 /boot ext4\n`;
    expect(renameText(text, LUNS)).toEqual({
      text,
      left: [{ name: path, why: expect.stringMatching(/^2 names of that sort lead to the disk/) }],
    });
  });

  test.each([
    ["a longer number", `${OLD}0`],
    ["a number with more before it", `1${OLD}`],
    ["the name of something else", `data-${OLD}`],
    ["the name of something else that goes on", `${OLD}-snapshot`],
    ["a file's name", `${OLD}.old`],
    ["a partition's name that goes on", `scsi-${OLD}-part1x`],
    ["other letters", OLD.toUpperCase()],
  ])("%s isn't touched", (_, text) => {
    expect(renamed(text)).toBe(text);
  });
});

describe("names of disks with one path", () => {
  const SATA = disk("sda", [
    volume("wwid", "35002538e40a1b2c3"),
    place("pci-0000:00:1f.2-ata-1"),
    place("pci-0000:00:1f.2-ata-1.0"),
    link("ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456X"),
  ]);
  const OTHER_SATA = disk("sdb", [
    volume("wwid", "35000c500aabbccdd"),
    place("pci-0000:03:00.0-ata-4"),
    place("pci-0000:03:00.0-ata-4.0"),
    link("ata-ST500LM021-1KJ152_W62ABCDE"),
  ]);
  const VIRTIO = disk("vda", [
    volume("virtio-serial", "root-0001"),
    place("pci-0000:04:00.0"),
    place("virtio-pci-0000:04:00.0"),
  ]);
  const NVME = disk("nvme0n1", [
    volume("nguid", "36344630528029720025384500000001"),
    place("pci-0000:01:00.0-nvme-1"),
    link("nvme-SAMSUNG_MZVLB1T0HALR_S3W6NX0M801234"),
  ]);

  test("a link stands for the link of its sort", () => {
    const text = "/dev/disk/by-id/ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456X-part2 / ext4\n";
    expect(renamed(text, renamesBetween([SATA, OTHER_SATA]))).toBe(
      "/dev/disk/by-id/ata-ST500LM021-1KJ152_W62ABCDE-part2 / ext4\n",
    );
  });

  test("a place stands for a place on the same sort of bus", () => {
    const text = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part1 /dev/disk/by-path/pci-0000:00:1f.2-ata-1.0\n";
    expect(renamed(text, renamesBetween([SATA, OTHER_SATA]))).toBe(
      "/dev/disk/by-path/pci-0000:03:00.0-ata-4-part1 /dev/disk/by-path/pci-0000:03:00.0-ata-4.0\n",
    );
  });

  test("a link of another sort stands for it where it is used as a link, and nowhere else", () => {
    const renames = renamesBetween([SATA, VIRTIO]);
    const name = "ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456X";
    expect(renamed(`/dev/disk/by-id/${name}-part3 /srv xfs\n`, renames)).toBe(
      "/dev/disk/by-id/virtio-root-0001-part3 /srv xfs\n",
    );
    expect(renameText(`DEVICE ${name}\n`, renames)).toEqual({
      text: `DEVICE ${name}\n`,
      left: [{ name, why: "the disk in its place has no name of that sort" }],
    });
  });

  test("a place on another sort of bus is told", () => {
    const renames = renamesBetween([SATA, NVME]);
    expect(left("/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part1", renames)).toEqual(["pci-0000:00:1f.2-ata-1"]);
  });

  test("dots are written as a regular expression has them", () => {
    const renames = renamesBetween([SATA, OTHER_SATA]);
    expect(renamed('"a|/dev/disk/by-path/pci-0000:00:1f\\.2-ata-1\\.0|"', renames)).toBe(
      '"a|/dev/disk/by-path/pci-0000:03:00\\.0-ata-4\\.0|"',
    );
  });

  test("a disk in place of a map has no map's name", () => {
    const renames = renamesBetween([OLD_LUN, NVME]);
    expect(
      left(`/dev/mapper/mpatha-part1 /dev/mapper/${OLD}-part1 IDNAME=part2-mpath-${OLD}`, renames).toSorted(),
    ).toEqual([`mapper/${OLD}`, "mapper/mpatha", `mpath-${OLD}`]);
    expect(renamed(`/dev/disk/by-id/dm-uuid-part3-mpath-${OLD} /srv`, renames)).toBe(
      "/dev/disk/by-id/nvme-eui.36344630528029720025384500000001-part3 /srv",
    );
  });

  test("a map in place of a disk is no disk to LVM", () => {
    const renames = renamesBetween([SATA, NEW_LUN]);
    expect(left("IDTYPE=sys_wwid IDNAME=naa.5002538e40a1b2c3 DEVNAME=/dev/sda2", renames)).toEqual([
      "IDNAME=naa.5002538e40a1b2c3",
    ]);
  });

  test("a map gets the partition into the middle of its name", () => {
    const bare = disk("sda", [volume("wwid", "35002538e40a1b2c3"), link("usb-JetFlash_X_0123-0:0")]);
    const onlyMap = { ...NEW_LUN, identities: [volume("nvme-uuid", "f6a1b2c3-0000-4000-8000-000000000001")] };
    const text = "/dev/disk/by-id/usb-JetFlash_X_0123-0:0-part1";
    expect(renamed(text, renamesBetween([bare, onlyMap]))).toMatch(
      /^\/dev\/disk\/by-id\/nvme-uuid\.f6a1b2c3-.*-part1$/,
    );
  });
});

describe("several disks", () => {
  const A = lun("360000000000000000e00000000010001", "mpatha", ["pci-0000:00:04.0-scsi-0:0:0:0"], "LAB0001");
  const B = lun("360000000000000000e00000000010002", "mpathb", ["pci-0000:00:04.0-scsi-0:0:1:0"], "LAB0002");

  test("two that took each other's place change their names with each other", () => {
    const text = "mpatha 360000000000000000e00000000010001\nmpathb 360000000000000000e00000000010002\n";
    expect(renamed(text, renamesBetween([A, B], [B, A]))).toBe(
      "mpatha 360000000000000000e00000000010002\nmpathb 360000000000000000e00000000010001\n",
    );
  });

  test("a name that two of them had stands for neither", () => {
    const twin = { ...B, identities: [...B.identities, volume("wwid", "360000000000000000e00000000010001")] };
    const renames = renamesBetween([A, NEW_LUN], [twin, lun("360000000000000000e00000000010009", "mpathd", [])]);
    expect(left("mpatha 360000000000000000e00000000010001\n", renames)).toEqual(["360000000000000000e00000000010001"]);
  });

  test("a serial number that can't be another word is translated", () => {
    const renames = renamesBetween([A, B]);
    expect(renamed("IDTYPE=sys_serial IDNAME=LAB0001 serial=LAB0001\n", renames)).toBe(
      "IDTYPE=sys_serial IDNAME=LAB0002 serial=LAB0002\n",
    );
  });

  test("a serial number that is like other words only where LVM has it", () => {
    const [one, two] = [
      lun("36000000000000000000000000000000a", "a", [], "1"),
      lun("36000000000000000000000000000000b", "b", [], "2"),
    ];
    expect(renamed("mount 0 1\nIDTYPE=sys_serial IDNAME=1 DEVNAME=/dev/sda\n", renamesBetween([one, two]))).toBe(
      "mount 0 1\nIDTYPE=sys_serial IDNAME=2 DEVNAME=/dev/sda\n",
    );
  });

  test("a LUN that came back itself keeps its names, whatever its paths are", () => {
    const moved = lun("360000000000000000e00000000010001", "mpathz", ["pci-0000:00:09.0-scsi-0:0:3:0"], "LAB0001");
    expect(renamesOf([{ old: A, now: moved, sameVolume: true }])).toEqual(NO_RENAMES);
  });

  test("a disk that came back at another place has another place's name only", () => {
    const [here, there] = ["pci-0000:00:04.0-scsi-0:0:0:0", "pci-0000:00:09.0-scsi-0:0:3:0"].map((path) =>
      disk("sda", [volume("wwid", "360000000000000000e00000000010001"), place(path)]),
    ) as [NamedDisk, NamedDisk];
    const renames = renamesOf([{ old: here, now: there, sameVolume: true }]);
    expect(renamed("wwn-0x60000000000000000e00000000010001 pci-0000:00:04.0-scsi-0:0:0:0-part1", renames)).toBe(
      "wwn-0x60000000000000000e00000000010001 pci-0000:00:09.0-scsi-0:0:3:0-part1",
    );
  });
});

describe("what is searched for in the end", () => {
  test("every word that only the old disks were called by", () => {
    expect(LUNS.gone).toContain(OLD);
    expect(LUNS.gone).toContain(`0x${OLD.slice(1)}`);
    expect(LUNS.gone).toContain("75BALB11234");
    expect(LUNS.gone).toContain("ccw-0.0.fd00-fc-0x500507630300c562-lun-0x4010400000000000");
    expect(LUNS.gone.some((word) => word.includes("mpatha"))).toBe(false);
  });

  test("no word that a disk is called by now", () => {
    const A = lun("360000000000000000e00000000010001", "mpatha", []);
    const B = lun("360000000000000000e00000000010002", "mpathb", []);
    expect(renamesBetween([A, B], [B, A]).gone).toEqual([]);
  });
});

describe("any text", () => {
  const noise = fc.stringMatching(/^[ \t\n"',;|^$()[\]{}#=/A-Zg-z_.:@+-]{0,12}$/);
  const oldNames = fc.constantFrom(
    ...[OLD, `scsi-${OLD}`, `wwn-0x${OLD.slice(1)}`, `0x${OLD.slice(1)}`, `naa.${OLD.slice(1)}`, `mpath-${OLD}`],
    ...[`dm-uuid-mpath-${OLD}`, `part3-mpath-${OLD}`, `dm-uuid-part12-mpath-${OLD}`, `mapper/${OLD}`],
    ...[`scsi-${OLD}-part2`, `mapper/${OLD}p3`, `dm-name-${OLD}_part1`, "75BALB11234", `scsi\\x2d${OLD}\\x2dpart1`],
  );

  test("every whole word that is a name is translated, there and back, and nothing else is touched", () => {
    const back = renamesBetween([NEW_LUN, OLD_LUN]);
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, oldNames)), noise, (parts, last) => {
        const text = parts.map(([before, name]) => `${before}/${name} `).join("") + last;
        const there = renamed(text);
        expect(there).toBe(text.replaceAll(OLD.slice(1), NEW.slice(1)).replaceAll("75BALB11234", "75CXY991234"));
        expect(renamed(there, back)).toBe(text);
      }),
    );
  });

  test("a name inside of a longer word is never touched", () => {
    const joined = fc.stringMatching(/^[A-Za-z0-9]{1,4}[-_.:@+]?$/);
    fc.assert(
      fc.property(joined, oldNames, (before, name) => {
        // a slash parts words, and in the name of a unit a hyphen is one
        fc.pre(!/[/\\]/.test(name));
        expect(renamed(`${before}${name}\n`)).toBe(`${before}${name}\n`);
      }),
    );
  });
});
