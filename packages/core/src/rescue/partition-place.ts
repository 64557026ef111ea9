import type { ProbeHost } from "../host/host.js";
import { describeOutcome, succeeded } from "../host/outcome.js";
import { readAttribute } from "./seal.js";

/** Where a partition begins on its disk. */
export type PartitionPlace =
  | { readonly is: "known"; readonly startBytes: number }
  | { readonly is: "unknown"; readonly why: string };

/** Where the kernel has a partition: by sysfs, or by the table of a device-mapper device, which sysfs doesn't show. */
export async function partitionPlace(
  host: ProbeHost,
  device: { readonly name: string; readonly dev: string },
): Promise<PartitionPlace> {
  const start = await readAttribute(host, `/sys/class/block/${device.name}/start`);
  if (start !== null) return sectors(start, device.name);
  const [major, minor] = device.dev.split(":") as [string, string];
  const result = await host.run(["dmsetup", "table", "--major", major, "--minor", minor]);
  if (!succeeded(result)) return { is: "unknown", why: `dmsetup table ${device.dev} ${describeOutcome(result)}` };
  // one linear target: `0 2048 linear 253:0 4096`
  const lines = result.stdout.trim().split("\n");
  const offset = lines.length === 1 ? /^0 \d+ linear \d+:\d+ (\d+)$/.exec(lines[0] as string)?.[1] : undefined;
  if (offset !== undefined) return sectors(offset, device.name);
  return { is: "unknown", why: `dmsetup table ${device.dev} shows no partition: ${JSON.stringify(lines[0])}` };
}

function sectors(text: string, name: string): PartitionPlace {
  if (/^\d+$/.test(text)) return { is: "known", startBytes: Number(text) * 512 };
  return { is: "unknown", why: `the start of ${name} is ${JSON.stringify(text)}` };
}
