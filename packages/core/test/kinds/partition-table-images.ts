import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localHost } from "../../src/host/local.js";
import type { Probed } from "../../src/host/probed.js";
import { partitionTableKind, probePartitionTables } from "../../src/kinds/partition-table/index.js";
import { assemble } from "../../src/layout/assemble.js";
import { askBlkid } from "../../src/layout/blkid.js";
import { nodeId } from "../../src/layout/ids.js";
import { type BlockDevice, type Inventory, inventoryOf, type Signature } from "../../src/layout/inventory.js";
import type { Layout, Machine } from "../../src/layout/layout.js";
import type { NodeSource } from "../../src/layout/node-source.js";
import type { Arg } from "../../src/plan/arg.js";
import type { SetFile } from "../../src/plan/part.js";
import type { Action, Check } from "../../src/plan/step.js";

/** Image files stand for disks: sfdisk and blkid take them as they are, without root. */
const host = localHost();

export const MACHINE: Machine = { hostname: "test", architecture: null, system: null, places: [] };

/** A directory for image files; `remove` takes it away. */
export function imageDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "bmr-ptbl-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function blankImage(path: string, bytes: number): string {
  writeFileSync(path, "");
  truncateSync(path, bytes);
  return path;
}

/** Runs a tool; its output, or an error with what it said. */
export function tool(argv: readonly string[], stdin = ""): string {
  const [program, ...rest] = argv;
  const result = spawnSync(program as string, rest, {
    input: stdin,
    encoding: "utf8",
    env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  if (result.status !== 0) throw new Error(`${argv.join(" ")}: ${result.status} ${result.stdout} ${result.stderr}`);
  return result.stdout;
}

/** Lets sfdisk make a table by itself: none of this package's code has a hand in it. */
export function makeTable(image: string, script: string): void {
  tool(["sfdisk", "--no-reread", "--no-tell-kernel", "--quiet", image], script);
}

/** What sfdisk says of an image, without the image's name. */
export function dumpOf(image: string): string {
  return tool(["sfdisk", "--dump", image]).replaceAll(image, "DISK");
}

/** A whole disk of an inventory. */
export function diskDevice(path: string, bytes: number | null, signature: Signature | null): BlockDevice {
  return {
    name: "sda",
    path,
    type: "disk",
    major: 8,
    minor: 0,
    properties: {},
    links: [],
    bytes,
    readOnly: false,
    removable: false,
    sectorBytes: 512,
    physicalSectorBytes: 512,
    slaves: [],
    partition: null,
    dm: null,
    signature,
    signatureKnown: true,
  };
}

/** Stands for the kind `disk`: one node `disk:<name>` for each whole disk of the inventory. */
export const disks: NodeSource = {
  kind: "disk",
  probe: async () => ({ is: "known", facts: null }),
  nodes: (_facts, draft) => {
    for (const device of draft.inventory.devices) {
      if (device.type !== "disk") continue;
      const { name, bytes, sectorBytes, physicalSectorBytes } = device;
      const isMap = device.dm !== null;
      if (isMap && !device.dm?.uuid.startsWith("mpath-")) continue;
      draft.addBlock(
        {
          id: nodeId("disk", name),
          kind: "disk",
          role: isMap ? "map" : "disk",
          name: device.dm?.name ?? name,
          bytes,
          readOnly: device.readOnly === true,
          sectorBytes,
          physicalSectorBytes,
          identities: [],
          detail: {},
        },
        name,
      );
    }
  },
};

/** The layout of an inventory as these two kinds see it. */
export async function layoutOf(inventory: Inventory, from = host): Promise<Layout> {
  const byKind = new Map<string, Probed<unknown>>([
    ["disk", { is: "known", facts: null }],
    ["partition-table", await probePartitionTables(from, inventory)],
  ]);
  return assemble({ machine: MACHINE, inventory, byKind, findings: [] }, [disks, partitionTableKind]);
}

/** Scans an image as if it were the disk `sda`: blkid, sfdisk and the first sectors, all for real. */
export async function scanImage(image: string, bytes: number): Promise<Layout> {
  const answer = (await askBlkid(host, [image])).get(image);
  if (answer === undefined || !("signature" in answer)) throw new Error(`blkid says nothing of ${image}`);
  return layoutOf(inventoryOf([diskDevice(image, bytes, answer.signature)]));
}

/** Runs those commands of a step that need no kernel: the ones on the disk itself. */
export function runOnImage(run: readonly Action[], image: string, files: readonly SetFile[]): void {
  const argument = (arg: Arg) => (typeof arg === "string" ? arg : image);
  for (const action of run) {
    if (action.do !== "exec" || action.argv[0] !== "sfdisk") continue;
    const stdin = action.stdin;
    const named = stdin !== undefined && "file" in stdin ? stdin.file : undefined;
    const file = files.find((one) => typeof named === "object" && "setFile" in named && one.name === named.setFile);
    tool(action.argv.map(argument), file?.content);
  }
}

/** Evaluates those checks of a step that ask blkid about the disk itself. */
export function failedSignatures(checks: readonly Check[], image: string): Check[] {
  return checks.filter((check) => {
    if (check.is !== "signature" || check.tag !== "PTUUID") return false;
    const said = tool(["blkid", "-p", "-s", check.tag, "-o", "value", image]).trim();
    return (said === "" ? null : said) !== check.equals;
  });
}
