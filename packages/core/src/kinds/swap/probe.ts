import { bytesOf } from "../../host/bytes.js";
import type { ProbeHost, ReadResult } from "../../host/host.js";
import { known, type Probed, type ProbeFailure } from "../../host/probed.js";
import { type BlockDevice, type Inventory, isPassing } from "../../layout/inventory.js";
import { type ActiveSwap, parseSwaps } from "../../layout/proc-swaps.js";
import { readInventory } from "../../layout/read-inventory.js";
import type { SwapFstab } from "./detail.js";
import { parseSwapLines } from "./parse-fstab.js";
import { PAGE_SIZES, parseHeader, type SwapHeader } from "./parse-header.js";

/** A device with a swap area. */
export interface SwapArea {
  /** Its kernel name. */
  readonly device: string;
  /** Null where it wasn't recorded, or where `failure` says why it couldn't be read. */
  readonly header: SwapHeader | null;
  readonly failure: ProbeFailure | null;
  /** False where it isn't known to be a swap area that a kernel takes: neither by its header, nor by blkid, nor by being on. */
  readonly isKnown: boolean;
}

/** What a machine swaps to. */
export interface SwapFacts {
  readonly areas: readonly SwapArea[];
  /** Null where /proc/swaps wasn't recorded. */
  readonly active: readonly ActiveSwap[] | null;
  readonly fstab: readonly SwapFstab[];
  readonly failures: readonly ProbeFailure[];
}

const TYPES: ReadonlySet<string> = new Set(["swap", "swsuspend", "swsupend"]);

/**
 * Finds every swap area, on or off: what /proc/swaps has, and each device that blkid calls swap. Page size, size, UUID
 * and label come from the header itself, since no tool prints all of them and blkid cuts blanks off a label.
 */
export async function probeSwap(host: ProbeHost, inventory?: Inventory): Promise<Probed<SwapFacts>> {
  const all = inventory ?? (await readInventory(host)).inventory;
  const failures: ProbeFailure[] = [];
  const [swaps, fstab] = await Promise.all([
    readText(host, "/proc/swaps", failures),
    readText(host, "/etc/fstab", failures),
  ]);
  const active = swaps === null ? known(null) : parseSwaps(swaps);
  if (active.is === "unknown") return active;
  const inUse = new Set((active.facts ?? []).map(({ path }) => all.find(path)?.name));
  const areas = await Promise.all(
    swapDevices(all, inUse).map((device) => readArea(host, device, inUse.has(device.name))),
  );
  return known({ areas, active: active.facts, fstab: fstab === null ? [] : parseSwapLines(fstab), failures });
}

function swapDevices(inventory: Inventory, inUse: ReadonlySet<string | undefined>): readonly BlockDevice[] {
  return inventory.devices.filter(
    (device) =>
      !isPassing(device.name) &&
      !inventory.holdersOf(device.name).some((holder) => holder.dm?.uuid.startsWith("mpath-")) &&
      (TYPES.has(device.signature?.type ?? "") || inUse.has(device.name)),
  );
}

async function readText(host: ProbeHost, path: string, failures: ProbeFailure[]): Promise<string | null> {
  const read = await host.read(path);
  if (read.is === "file") return read.content;
  if (read.is === "denied" || read.is === "failed") {
    const reason = read.is;
    failures.push({ reason, source: path, message: `${path} can't be read: ${read.reason}` });
  }
  return null;
}

/** Nearly all pages have 4 KiB, so that more is read only where the signature isn't there. */
async function readArea(host: ProbeHost, device: BlockDevice, isActive: boolean): Promise<SwapArea> {
  const isKnown = isActive || TYPES.has(device.signature?.type ?? "");
  const found = { device: device.name, header: null, failure: null, isKnown };
  for (const bytes of [PAGE_SIZES[0] as number, PAGE_SIZES.at(-1) as number]) {
    const read = await host.read(device.path, { bytes });
    if (read.is === "not-recorded") return found;
    if (read.is !== "file") return { ...found, failure: unread(device, read) };
    const parsed = parseHeader(device.path, bytesOf(read.content));
    if (parsed.is === "unknown") return { ...found, failure: parsed.failure, isKnown: false };
    if (parsed.facts !== null) return { ...found, header: parsed.facts, isKnown: true };
  }
  return { ...found, failure: unread(device, { is: "failed", reason: "it has no signature of a swap area" }) };
}

function unread(device: BlockDevice, read: Exclude<ReadResult, { is: "file" } | { is: "not-recorded" }>): ProbeFailure {
  return {
    reason: read.is === "denied" ? "denied" : "failed",
    source: device.path,
    message: `the swap header of ${device.path} can't be read: ${"reason" in read ? read.reason : read.is}`,
  };
}
