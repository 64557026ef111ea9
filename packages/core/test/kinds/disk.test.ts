import { describe, expect, test } from "vitest";
import { diskKind, probeDisks, probeScsiLuns } from "../../src/kinds/disk/index.js";
import { isWorthless } from "../../src/kinds/disk/wwid.js";
import type { Layout } from "../../src/layout/layout.js";
import { scan } from "../../src/scan.js";
import { evidenceFixture, type FixtureMachine, replayHost } from "../../src/testkit/index.js";

/** A disk of a made-up machine: kernel name, and what udev says of it. */
interface MadeUpDisk {
  readonly name: string;
  readonly udev: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
  readonly sysfs?: Readonly<Record<string, string>>;
}

/** Typed by hand: machines with disks that no lab has. Only what a scan asks is there. */
function machine(disks: readonly MadeUpDisk[], more: FixtureMachine = {}): ReturnType<typeof replayHost> {
  const records = disks.map(({ name, udev, links = [] }) =>
    [
      `P: /devices/x/block/${name}`,
      `N: ${name.replaceAll("!", "/")}`,
      ...links.map((link) => `S: ${link}`),
      "E: SUBSYSTEM=block",
      "E: DEVTYPE=disk",
      "E: USEC_INITIALIZED=1",
      ...Object.entries(udev).map(([key, value]) => `E: ${key}=${value}`),
    ].join("\n"),
  );
  const files: Record<string, string | readonly string[]> = {
    "/sys/class/block": disks.map(({ name }) => name),
    "/proc/partitions": "",
  };
  for (const [index, { name, sysfs = {} }] of disks.entries()) {
    const attributes = {
      dev: `8:${index * 16}\n`,
      size: "2048\n",
      ro: "0\n",
      "queue/logical_block_size": "512\n",
      ...sysfs,
    };
    for (const [key, value] of Object.entries(attributes)) files[`/sys/class/block/${name}/${key}`] = value;
  }
  return replayHost(
    evidenceFixture({
      commands: [
        { argv: ["udevadm", "info", "--export-db"], stdout: `${records.join("\n\n")}\n\n` },
        ...(more.commands ?? []),
      ],
      files: { ...files, ...more.files },
      links: Object.fromEntries(disks.map(({ name }) => [`/sys/class/block/${name}`, `../../devices/x/block/${name}`])),
    }),
  );
}

async function layoutOf(host: ReturnType<typeof replayHost>): Promise<Layout> {
  return (await scan(host, { kinds: [diskKind] })).layout;
}

const ids = (layout: Layout): string[] => layout.nodes.map(({ id }) => id);
const finding = (layout: Layout, code: string) => layout.findings.find((one) => one.code === code);

const scsi = (serial: string, more: Readonly<Record<string, string>> = {}) => ({
  ID_BUS: "scsi",
  ID_SERIAL: serial,
  ...more,
});

describe("a disk is named by", () => {
  test.each<[string, MadeUpDisk, string]>([
    [
      "the WWID that scsi_id gave",
      { name: "sda", udev: scsi("36005076305ffc73a00000000000013b4") },
      "lun:36005076305ffc73a00000000000013b4",
    ],
    [
      "the WWN of an ATA disk",
      { name: "sda", udev: { ID_BUS: "ata", ID_SERIAL: "M_1", ID_WWN_WITH_EXTENSION: "0x5000039febf22ff6" } },
      "lun:35000039febf22ff6",
    ],
    [
      "a WWID that sysfs alone tells",
      { name: "sda", udev: {}, sysfs: { "device/wwid": "naa.6005076305FFC73A00000000000013B4\n" } },
      "lun:36005076305ffc73a00000000000013b4",
    ],
    ["a WWID with blanks as udev writes them", { name: "sda", udev: scsi("1IET     00080001") }, "lun:1IET_00080001"],
    [
      "the NGUID",
      { name: "nvme0n1", udev: { ID_WWN: "eui.1718774211520001001b444a444677f0" } },
      "nvme:1718774211520001001b444a444677f0",
    ],
    [
      "the EUI-64 in sysfs",
      { name: "nvme0n1", udev: {}, sysfs: { wwid: "eui.0025388b710116a1\n" } },
      "nvme:0025388b710116a1",
    ],
    [
      "the namespace's UUID",
      { name: "nvme1n1", udev: { ID_WWN: "uuid.0c1bd682-ed8e-495a-8ee6-3351d59d0d82" } },
      "nvme:0c1bd682-ed8e-495a-8ee6-3351d59d0d82",
    ],
    [
      "the serial number that the hypervisor gives",
      { name: "vda", udev: { ID_SERIAL: "root-disk" } },
      "virtio:root-disk",
    ],
    ["that serial number in sysfs", { name: "vda", udev: {}, sysfs: { serial: "root-disk" } }, "virtio:root-disk"],
    [
      "the card's CID",
      { name: "mmcblk0", udev: {}, sysfs: { "device/cid": "1b534d30303030301012345678013b00\n" } },
      "mmc:1b534d30303030301012345678013b00",
    ],
    [
      "the WWID behind a RAID controller",
      { name: "cciss!c0d0", udev: { ID_BUS: "cciss", ID_SERIAL: "3600508b1001030363941424344450300" } },
      "lun:3600508b1001030363941424344450300",
    ],
    [
      "its place where it says nothing else",
      { name: "vda", udev: { ID_PATH: "pci-0000:00:04.0" } },
      "disk:pci-0000:00:04.0",
    ],
    [
      "its place on a Xen guest",
      { name: "xvda", udev: { DEVPATH: "/devices/vbd-51712/block/xvda" } },
      "disk:vbd-51712",
    ],
    [
      "its place on a Z guest of KVM",
      { name: "vda", udev: { DEVPATH: "/devices/css0/0.0.0000/0.0.0001/virtio1/block/vda" } },
      "disk:ccw-0.0.0001",
    ],
    [
      "its serial number as the last resort",
      { name: "hda", udev: { ID_BUS: "ata", ID_SERIAL_SHORT: "WD-1" } },
      "disk:WD-1",
    ],
  ])("%s", async (_, disk, id) => {
    expect(ids(await layoutOf(machine([disk])))).toEqual([id]);
  });

  test("nothing: then it has a number, and a finding", async () => {
    const layout = await layoutOf(machine([{ name: "sda", udev: {} }]));
    expect(ids(layout)).toEqual(["disk:unidentified-1"]);
    expect(finding(layout, "disk/no-identity")).toMatchObject({ severity: "warning" });
  });

  test("scsi_id where udev doesn't tell, by the form that answers", async () => {
    const bare = { name: "sda", udev: {} };
    const modern = ["/lib/udev/scsi_id", "--whitelisted", "--replace-whitespace", "--device=/dev/sda"] as const;
    const layout = await layoutOf(machine([bare], { commands: [{ argv: modern, stdout: "35000c500a0000001\n" }] }));
    expect(ids(layout)).toEqual(["lun:35000c500a0000001"]);
    const missing = { is: "missing" } as const;
    const old = await layoutOf(
      machine([bare], {
        commands: [
          { argv: modern, outcome: missing },
          { argv: ["/usr/lib/udev/scsi_id", ...modern.slice(1)], outcome: missing },
          { argv: ["/sbin/scsi_id", "-g", "-u", "-s", "/block/sda"], stdout: "36005076303ffc562\n" },
        ],
      }),
    );
    expect(ids(old)).toEqual(["lun:36005076303ffc562"]);
  });
});

test("all places are kept, and none that changes from boot to boot", async () => {
  const links = [
    "disk/by-path/ccw-0.0.fa00-fc-0x500507630500873a-lun-0x401340b400000000",
    "disk/by-path/ccw-0.0.fa00-zfcp-0x500507630500873a:0x401340b400000000",
    "disk/by-path/scsi-0:0:0:1085554707",
    "disk/by-id/scsi-3600",
  ];
  const layout = await layoutOf(machine([{ name: "sda", udev: scsi("36005076305ffc73a00000000000013b4"), links }]));
  const [disk] = layout.nodes;
  expect(disk?.role === "disk" && disk.identities.filter(({ strength }) => strength === "place")).toEqual([
    { type: "by-path", value: "ccw-0.0.fa00-fc-0x500507630500873a-lun-0x401340b400000000", strength: "place" },
    { type: "by-path", value: "ccw-0.0.fa00-zfcp-0x500507630500873a:0x401340b400000000", strength: "place" },
  ]);
});

describe("an identity that names nothing is dropped with a finding", () => {
  test.each([
    "35000000000000000",
    "3600000000000000000000000000000000",
    "0000000000000000",
    "3ffffffffffffffff",
    "none",
    " ",
  ])("%s", (value) => {
    expect(isWorthless(value)).toBe(true);
  });

  test.each([
    "35000c500a0000001",
    "36005076305ffc73a00000000000013b4",
    "1IET_00080001",
    "root-disk",
    "10",
    "eui.0025388b710116a1",
  ])("but not %s", (value) => {
    expect(isWorthless(value)).toBe(false);
  });

  test("an all-zero WWN", async () => {
    const layout = await layoutOf(
      machine([{ name: "sda", udev: scsi("35000000000000000", { ID_PATH: "pci-0-ata-1" }) }]),
    );
    expect(ids(layout)).toEqual(["disk:pci-0-ata-1"]);
    expect(finding(layout, "disk/worthless-identity")?.message).toContain("35000000000000000");
  });

  test("one that two different disks share", async () => {
    const layout = await layoutOf(
      machine([
        {
          name: "sda",
          udev: { ID_BUS: "ata", ID_WWN_WITH_EXTENSION: "0x5000000000000001", ID_SERIAL_SHORT: "A", ID_PATH: "ata-1" },
        },
        {
          name: "sdb",
          udev: { ID_BUS: "ata", ID_WWN_WITH_EXTENSION: "0x5000000000000001", ID_SERIAL_SHORT: "B", ID_PATH: "ata-2" },
        },
      ]),
    );
    expect(ids(layout)).toEqual(["disk:ata-1", "disk:ata-2"]);
    expect(finding(layout, "disk/shared-identity")?.message).toContain("sda, sdb are different disks");
  });

  test("a serial number that two virtio disks were given", async () => {
    const layout = await layoutOf(
      machine([
        { name: "vda", udev: { ID_SERIAL: "copied", ID_PATH: "pci-1" } },
        { name: "vdb", udev: { ID_SERIAL: "copied", ID_PATH: "pci-2" } },
      ]),
    );
    expect(ids(layout)).toEqual(["disk:pci-1", "disk:pci-2"]);
  });

  test("a WWID on two units, by the serial numbers that sysfs alone tells", async () => {
    const unit = (name: string, place: string, serial: string) => ({
      name,
      udev: { ID_BUS: "scsi", ID_SERIAL: "3600", ID_SERIAL_SHORT: "600", ID_PATH: place },
      sysfs: { "device/vpd_pg80": `\0\x80\0\x08${serial}  ` },
    });
    const different = await layoutOf(machine([unit("sda", "fc-1", "75LX1"), unit("sdb", "fc-2", "75LX2")]));
    expect(finding(different, "disk/shared-identity")).toBeDefined();
    const same = await layoutOf(machine([unit("sda", "fc-1", "75LX1"), unit("sdb", "fc-2", "75LX1")]));
    expect(ids(same)).toEqual(["lun:3600"]);
    expect(same.nodes[0]).toMatchObject({
      identities: expect.arrayContaining([{ type: "serial", value: "75LX1", strength: "hint" }]),
    });
  });

  test("but not one that the paths of a LUN share", async () => {
    const path = (name: string, place: string) => ({
      name,
      udev: scsi("3600", { SCSI_IDENT_SERIAL: "75L", ID_PATH: place }),
    });
    const layout = await layoutOf(machine([path("sda", "fc-1"), path("sdb", "fc-2")]));
    expect(ids(layout)).toEqual(["lun:3600"]);
    expect(finding(layout, "disk/shared-identity")).toBeUndefined();
    expect(finding(layout, "disk/paths-not-assembled")).toMatchObject({ node: "lun:3600" });
  });
});

describe("a USB stick", () => {
  const stick = {
    name: "sda",
    udev: { ID_BUS: "usb", ID_PATH: "usb-1", ID_FS_TYPE: "ext4" },
    sysfs: { removable: "1\n" },
  };
  const mountinfo = (line: string) => ({ files: { "/proc/self/mountinfo": line, "/proc/swaps": "" } });

  test("that nothing uses is left out, with a finding", async () => {
    const layout = await layoutOf(machine([stick], mountinfo("20 1 0:5 / / rw - ext4 /dev/nvme0n1 rw\n")));
    expect(layout.nodes).toMatchObject([{ notRebuilt: expect.any(String) }]);
    expect(finding(layout, "disk/removable")).toMatchObject({ severity: "warning", node: "disk:usb-1" });
  });

  test("that is mounted is rebuilt, with a finding", async () => {
    const layout = await layoutOf(machine([stick], mountinfo("20 1 8:0 / / rw - ext4 /dev/sda rw\n")));
    expect(layout.nodes[0]).not.toHaveProperty("notRebuilt");
    expect(finding(layout, "disk/removable-used")).toBeDefined();
  });

  test("of which nobody knows is rebuilt too", async () => {
    const layout = await layoutOf(machine([stick]));
    expect(layout.nodes[0]).not.toHaveProperty("notRebuilt");
    expect(finding(layout, "disk/removable-used")?.message).toContain("isn't known");
  });
});

test("optical drives, memory disks and readers without a card are no disks", async () => {
  const names = ["sr0", "loop0", "ram0", "zram0", "dm-0", "md0", "dasda", "nbd0", "fd0"];
  const probed = await probeDisks(
    machine([...names.map((name) => ({ name, udev: {} })), { name: "sdb", udev: {}, sysfs: { size: "0\n" } }]),
  );
  expect(probed).toEqual({ is: "known", facts: { disks: [] } });
});

test("LUNs are told alone, with what makes them useless", async () => {
  const probed = await probeScsiLuns(
    machine([
      { name: "sda", udev: scsi("3600", { ID_VENDOR: "IBM", ID_MODEL: "2107900", ID_PATH: "fc-1" }) },
      { name: "sdb", udev: scsi("35000000000000000") },
      { name: "vda", udev: { ID_SERIAL: "x" } },
    ]),
  );
  expect(probed).toMatchObject({
    is: "known",
    facts: {
      luns: [
        {
          wwid: "3600",
          bytes: 1048576,
          sectorBytes: 512,
          vendor: "IBM",
          model: "2107900",
          paths: [{ device: "sda", place: "fc-1" }],
        },
        { wwid: null, paths: [{ device: "sdb" }] },
      ],
      findings: [{ code: "disk/worthless-identity" }],
    },
  });
});

describe("the plan", () => {
  const table = { is: "table", kind: "partition-table", label: "gpt", uuid: null, detail: {} } as const;
  const withTable = async (disk: MadeUpDisk): Promise<Layout> => {
    const layout = await layoutOf(machine([disk]));
    return {
      ...layout,
      nodes: layout.nodes.map((node) => (node.role === "disk" ? { ...node, content: table } : node)),
    };
  };

  test("asks for a disk, wipes it and proves it", async () => {
    const part = diskKind.steps?.(await withTable({ name: "vda", udev: { ID_SERIAL: "root" } }));
    expect(part?.disks).toMatchObject([
      {
        node: "virtio:root",
        role: "disk",
        name: "vda",
        bytes: 1048576,
        sectorBytes: 512,
        paths: null,
        readOnly: false,
      },
    ]);
    expect(part?.steps).toMatchObject([
      {
        id: "wipe:virtio:root",
        phase: "format",
        run: [{ do: "exec", argv: ["wipefs", "--all", "--force", { device: "virtio:root" }] }],
        destroys: ["virtio:root"],
        provides: ["device:virtio:root"],
        needs: [],
      },
    ]);
    expect(part?.steps?.[0]?.done).toHaveLength(2);
  });

  test("never touches a disk that was read-only", async () => {
    const layout = await withTable({ name: "vda", udev: { ID_SERIAL: "root" }, sysfs: { ro: "1\n" } });
    expect(diskKind.steps?.(layout)).toEqual({});
    expect(finding(layout, "disk/read-only")).toMatchObject({ severity: "note" });
  });
});
