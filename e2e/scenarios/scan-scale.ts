import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { LabError } from "../lab/error.js";
import { runVm } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

/** How much longer than its own commands, run by a shell, a scan may take: Node's start included. */
const highestRatio = 1.5;

/** A scan of many LUNs must cost little more than the commands that it runs. */
export const scanScale: VmScenario = {
  kind: "vm",
  name: "scan-scale",
  summary: `bmr scan of 64 LUNs takes at most ${highestRatio} times as long as its own commands in a shell`,
  quick: false,
  async run({ dir, image }) {
    const { share } = await runVm({
      name: "scan",
      dir,
      image,
      boot: { from: "rescue", multipath: false },
      luns: [],
      script: ["scan-scale.sh"],
      inputs: { "bmr.cjs": await buildBundle() },
      memoryMiB: 2560,
      timeoutSeconds: 1800,
    });
    const times = join(share, "times");
    const scan = median(times, "scan");
    const commands = median(times, "commands");
    const ratio = scan / commands;
    const line = `bmr scan ${scan} ms, its commands in a shell ${commands} ms (medians): ratio ${ratio.toFixed(2)}`;
    if (!(ratio <= highestRatio)) throw new LabError(`${line}, allowed ${highestRatio}`, times);
    return { report: [line] };
  },
};

/** Median of the times of one kind, in milliseconds. */
function median(file: string, kind: string): number {
  const times = [...readFileSync(file, "utf8").matchAll(/^(\w+) (\d+)$/gm)]
    .filter(([, name]) => name === kind)
    .map(([, , value]) => Number(value))
    .sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  if (middle === undefined) throw new LabError(`no time of ${kind}`, file);
  return middle;
}
