/**
 * A small rescue system: image files for disks, which real tools write, and a sysfs and /proc of its own below a
 * directory, which stand in for the kernel. Made by hand; a machine with real disks is in the VM lab.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ActionHost } from "../../src/host/host.js";
import { localActionHost } from "../../src/host/local-action.js";
import { type BlockDevice, type Inventory, inventoryOf } from "../../src/layout/inventory.js";
import type { BoundNode, Content, Layout } from "../../src/layout/layout.js";
import { type RescueFacts, readRescueFacts } from "../../src/rescue/rescue-facts.js";
import { blockDevice, nodeIdOf, SERVER, type TestDisk } from "./world.js";

export const MIB: number = 1024 ** 2;

/** A disk of the lab, by its kernel name. */
export interface LabDisk extends TestDisk {
  readonly bytes: number;
}

export interface Lab {
  readonly root: string;
  readonly host: ActionHost;
  readonly inventory: Inventory;
  readonly layout: Layout;
  /** The real path of a disk's image. */
  image(name: string): string;
  /** Sets an attribute below /sys/class/block/NAME; null takes it away. */
  attribute(name: string, attribute: string, value: string | null): void;
  mounts(...lines: readonly string[]): void;
  swaps(...paths: readonly string[]): void;
  /** Adds a device to the lab's sysfs that the inventory doesn't know: one that came later. */
  appear(name: string, where: string, attributes: Readonly<Record<string, string>>): void;
  /** Links one sysfs directory entry, `holders/dm-0`, say. */
  hold(below: string, holder: string): void;
  facts(): Promise<RescueFacts>;
  remove(): void;
}

/** The rescue system's own root, on a disk that isn't a test's. */
const ROOT_MOUNT = "20 1 250:1 / / rw - ext4 /dev/rescue1 rw";

/** Makes a lab in a new directory, or finds the one that is there. */
export function makeLab(disks: readonly LabDisk[], existing?: string): Lab {
  const root = existing ?? mkdtempSync(join(tmpdir(), "bmr-rescue-"));
  const lab = labAt(root, disks);
  if (existing !== undefined) return lab;
  for (const [at, disk] of disks.entries()) {
    mkdirSync(join(root, "dev"), { recursive: true });
    writeFileSync(lab.image(disk.name), "");
    truncateSync(lab.image(disk.name), disk.bytes);
    lab.appear(disk.name, `pci0000:00/0000:00:0${at}.0/block`, {
      dev: `8:${at * 16}`,
      size: String(disk.bytes / 512),
      ro: "0",
      diskseq: String(at + 1),
      "device/wwid": `naa.${disk.identities[0]?.value ?? disk.name}`,
    });
  }
  lab.mounts();
  lab.swaps();
  mkdirSync(join(root, "mnt"), { recursive: true });
  return lab;
}

function labAt(root: string, disks: readonly LabDisk[]): Lab {
  const image = (name: string) => join(root, "dev", name);
  const { inventory, layout } = whatIsHere(disks, image);
  const sys = (path: string) => join(root, "sys", path);
  const host = below(root, localActionHost());
  const put = (path: string, content: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  return {
    root,
    host,
    inventory,
    layout,
    image,
    attribute: (name, attribute, value) => {
      const path = sys(join("class/block", name, attribute));
      if (value === null) rmSync(path);
      else put(path, `${value}\n`);
    },
    mounts: (...lines) => put(join(root, "proc/self/mountinfo"), [ROOT_MOUNT, ...lines, ""].join("\n")),
    swaps: (...paths) => {
      const lines = paths.map((path) => `${path}\tpartition\t1048572\t0\t-2`);
      put(join(root, "proc/swaps"), ["Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority", ...lines, ""].join("\n"));
    },
    appear: (name, where, attributes) => {
      mkdirSync(sys(`devices/${where}/${name}/holders`), { recursive: true });
      mkdirSync(sys("class/block"), { recursive: true });
      symlinkSync(`../../devices/${where}/${name}`, sys(`class/block/${name}`));
      for (const [attribute, value] of Object.entries(attributes)) {
        put(sys(`devices/${where}/${name}/${attribute}`), `${value}\n`);
      }
    },
    hold: (belowName, holder) => {
      mkdirSync(sys(`class/block/${holder}/slaves`), { recursive: true });
      symlinkSync(`../../${holder}`, sys(`class/block/${belowName}/holders/${holder}`));
      symlinkSync(`../../${belowName}`, sys(`class/block/${holder}/slaves/${belowName}`));
    },
    facts: () => {
      const seen = disks.map((disk) => ({ ...disk, content: contentOf(image(disk.name)) }));
      const { inventory, layout } = whatIsHere(seen, image);
      return readRescueFacts(host, { layout, inventory, keep: [] });
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function whatIsHere(disks: readonly LabDisk[], image: (name: string) => string) {
  const devices = disks.map((disk, at) => labDevice(disk, at, image(disk.name)));
  return { inventory: inventoryOf(devices), layout: layoutOf(disks) };
}

/** What the real blkid finds on an image. */
function contentOf(path: string): Content {
  const { stdout } = spawnSync("blkid", ["-p", "-o", "export", path], { encoding: "utf8" });
  const type = /^(?:TYPE|PTTYPE)=(.*)$/m.exec(stdout)?.[1];
  return type === undefined ? { is: "empty" } : { is: "foreign", type, uuid: null, label: null };
}

function labDevice(disk: LabDisk, at: number, path: string): BlockDevice {
  return blockDevice(disk.name, 8, at * 16, { path, bytes: disk.bytes });
}

function layoutOf(disks: readonly LabDisk[]): Layout {
  const nodes = disks.map((disk): BoundNode => {
    return {
      role: "disk",
      id: nodeIdOf(disk),
      kind: "disk",
      name: disk.name,
      detail: {},
      bytes: disk.bytes,
      readOnly: false,
      content: disk.content ?? { is: "empty" },
      sectorBytes: 512,
      physicalSectorBytes: 512,
      identities: disk.identities,
    };
  });
  return {
    format: "bmr-layout",
    version: 1,
    machine: SERVER,
    nodes,
    edges: [],
    mounts: [],
    config: {},
    findings: [],
  };
}

/** A host whose /sys, /dev, mounts and swaps lie below a directory. Its commands and processes are this machine's. */
function below(root: string, host: ActionHost): ActionHost {
  const moved = (path: string) =>
    /^\/(?:sys|dev)(?:\/|$)|^\/proc\/(?:self\/mountinfo|swaps)$/.test(path) ? join(root, path) : path;
  return {
    ...host,
    read: (path, options) => host.read(moved(path), options),
    list: (path) => host.list(moved(path)),
    readlink: (path) => host.readlink(moved(path)),
  };
}

/** A mountinfo line. */
export function mountLine(numbers: string, at: string, source: string, type = "ext4", root = "/"): string {
  return `30 20 ${numbers} ${root} ${at} rw - ${type} ${source} rw`;
}
