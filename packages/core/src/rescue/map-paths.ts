import type { ProbeHost } from "../host/host.js";
import { describeOutcome, succeeded } from "../host/outcome.js";
import type { BlockDevice, Inventory } from "../layout/inventory.js";

/** The paths of a multipath map, as device-mapper sees them at this moment. */
export type MapPaths =
  | {
      readonly is: "known";
      /** Kernel names of the paths that work, standby ones too. */
      readonly usable: readonly string[];
      /** Kernel names of those that have failed. */
      readonly failed: readonly string[];
    }
  | { readonly is: "unknown"; readonly why: string };

/** Asks device-mapper for the paths of a map: which there are, and whether each works. */
export async function readMapPaths(host: ProbeHost, inventory: Inventory, map: BlockDevice): Promise<MapPaths> {
  const argv = ["dmsetup", "status", "--target", "multipath", "--", map.dm?.name ?? map.name] as const;
  const result = await host.run(argv);
  if (!succeeded(result)) return { is: "unknown", why: `${argv.join(" ")} ${describeOutcome(result)}` };
  const states = parseMultipathStatus(result.stdout);
  if (states === undefined) {
    return { is: "unknown", why: `${argv.join(" ")} printed ${JSON.stringify(result.stdout.slice(0, 200))}` };
  }
  const named = (works: boolean) =>
    states
      .filter((state) => state.works === works)
      .map(({ device }) => inventory.find(device)?.name ?? device)
      .sort();
  return { is: "known", usable: named(true), failed: named(false) };
}

/**
 * The paths in a status line of the kernel's multipath target (drivers/md/dm-mpath.c, multipath_status()):
 * `0 6291456 multipath 2 0 0 0 1 1 A 0 2 0 8:0 A 0 8:16 F 3`. A path is its numbers, `A`ctive or `F`ailed, and how
 * often it failed. Undefined where it isn't such a line.
 */
export function parseMultipathStatus(
  text: string,
): readonly { readonly device: string; readonly works: boolean }[] | undefined {
  if (!/^0 \d+ multipath /.test(text)) return undefined;
  return [...text.matchAll(/ (\d+:\d+) ([AF]) \d+(?= |$)/gm)].map(([, device, state]) => ({
    device: device as string,
    works: state === "A",
  }));
}
