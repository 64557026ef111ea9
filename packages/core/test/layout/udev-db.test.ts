import { describe, expect, test } from "vitest";
import { decodeUdev, parseUdevDb } from "../../src/layout/udev-db.js";

// Records in the forms of systemd 252, of an NVMe namespace (whose path has no /block/), and of udev 85 (SLES 10),
// which has neither SUBSYSTEM nor DEVNAME; typed by hand after those programs' sources.
const modern = `P: /devices/pci0000:00/0000:00:1f.0/tty/ttyS0
N: ttyS0
E: DEVPATH=/devices/pci0000:00/0000:00:1f.0/tty/ttyS0
E: SUBSYSTEM=tty

P: /devices/pci0000:00/0000:00:04.0/virtio2/block/vda/vda3
M: vda3
R: 3
U: block
T: partition
D: b 253:3
N: vda3
L: 0
S: disk/by-partlabel/Partition\\x20de\\x20Données
S: disk/by-uuid/49F8
Q: 9
E: DEVPATH=/devices/pci0000:00/0000:00:04.0/virtio2/block/vda/vda3
E: DEVNAME=/dev/vda3
E: DEVTYPE=partition
E: ID_PART_ENTRY_NAME=Partition\\x20de\\x20Données
E: SUBSYSTEM=block
E: ID_FS_LABEL=a=b

P: /devices/pci0000:b2/0000:b2:05.5/nvme/nvme0/nvme0n1
N: nvme0n1
E: SUBSYSTEM=block
E: ID_WWN=eui.1718774211520001001b444a444677f0
`;

const old = `P: /block/cciss!c0d0/cciss!c0d0p1
N: cciss/c0d0p1
S: disk/by-id/cciss-3600508b1001030363941424344450300-part1
E: ID_FS_TYPE=ext3

P: /class/net/eth0

`;

describe("udev's database", () => {
  test("gives the block devices alone", () => {
    expect(parseUdevDb(modern).map(({ name }) => name)).toEqual(["vda3", "nvme0n1"]);
  });

  test("gives node, links and what is read of the properties of each", () => {
    expect(parseUdevDb(modern)[0]).toEqual({
      name: "vda3",
      devpath: "/devices/pci0000:00/0000:00:04.0/virtio2/block/vda/vda3",
      node: "/dev/vda3",
      links: ["/dev/disk/by-partlabel/Partition\\x20de\\x20Données", "/dev/disk/by-uuid/49F8"],
      properties: {
        DEVPATH: "/devices/pci0000:00/0000:00:04.0/virtio2/block/vda/vda3",
        DEVTYPE: "partition",
        ID_PART_ENTRY_NAME: "Partition\\x20de\\x20Données",
        ID_FS_LABEL: "a=b",
      },
    });
  });

  test("of an old udev is known by the path, and keeps the kernel's name beside the node's", () => {
    expect(parseUdevDb(old)).toEqual([
      {
        name: "cciss!c0d0p1",
        devpath: "/block/cciss!c0d0/cciss!c0d0p1",
        node: "/dev/cciss/c0d0p1",
        links: ["/dev/disk/by-id/cciss-3600508b1001030363941424344450300-part1"],
        properties: { ID_FS_TYPE: "ext3" },
      },
    ]);
  });

  test("of 60 MB is taken apart", () => {
    const filler = "P: /devices/css0/0.0.0001\nE: SUBSYSTEM=ccw\nE: A=".padEnd(2000, "x");
    const text = `${Array(30_000).fill(filler).join("\n\n")}\n\n${modern}`;
    expect(text.length).toBeGreaterThan(60_000_000);
    expect(parseUdevDb(text)).toHaveLength(2);
  });
});

test("encoded values are decoded byte by byte, and what isn't UTF-8 is kept", () => {
  expect(decodeUdev("System\\x20Reserved")).toBe("System Reserved");
  expect(decodeUdev("caf\\xc3\\xa9 \\x5cx")).toBe("café \\x");
  expect(decodeUdev("Données\\x2f")).toBe("Données/");
  expect(decodeUdev("\\xff")).toBe("\udcff");
  expect(decodeUdev("a\\xzz")).toBe("a\\xzz");
});
