import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { LabError } from "../lab/error.js";
import type { LunIdentity } from "../lab/luns.js";
import { blankLun } from "../lab/server.js";
import { type StepTimes, stepTimes } from "../lab/step-times.js";
import { type AttachedLun, runVm, type VmRun } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

const jobs = 4;

/**
 * The LUNs' rate, in bytes a second. Formatting waits for disks; the lab's are files in the host's memory, so that
 * everything would wait for the emulated processor, of which there is one.
 */
const rate = 2 * 2 ** 20;

/** How long side by side may take of the time that one after another takes. */
const mostOfSerial = 0.75;

/** Twelve volumes on four LUNs are formatted one after another, and side by side. */
export const jobsSideBySide: VmScenario = {
  kind: "vm",
  name: "jobs",
  summary: `12 volumes to format on 4 LUNs: the time of --jobs ${jobs} against the critical path and one after another`,
  quick: false,
  async run({ dir, image }) {
    const bundle = await buildBundle();
    const boot = async (name: string, script: readonly [string, ...string[]], made?: VmRun): Promise<VmRun> =>
      runVm({
        name,
        dir,
        image,
        boot: { from: "rescue", multipath: true },
        luns: await blank(dir),
        script,
        inputs: { "bmr.cjs": bundle },
        ...(made === undefined ? {} : { folders: { set: join(made.share, "set") } }),
        timeoutSeconds: 1800,
      });
    const made = await boot("make", ["jobs-make.sh", ...identities.map(({ wwid }) => wwid)]);
    const serial = stepTimes(await boot("serial", ["jobs.sh", "1"], made));
    const parallel = stepTimes(await boot("parallel", ["jobs.sh", String(jobs)], made));
    if (!(parallel.wall <= mostOfSerial * serial.wall)) throw new LabError(summary(serial, parallel).join("; "));
    return { report: summary(serial, parallel) };
  },
};

function summary(serial: StepTimes, parallel: StepTimes): readonly string[] {
  const seconds = (value: number): string => `${value.toFixed(1)} s`;
  return [
    `LUNs of ${rate / 2 ** 20} MiB/s each, one emulated processor`,
    `one after another: ${seconds(serial.wall)}, of which ${seconds(serial.sum)} in steps`,
    `critical path of the same steps: ${seconds(serial.criticalPath)}`,
    `--jobs ${jobs}: ${seconds(parallel.wall)} (${(serial.wall / parallel.wall).toFixed(1)} times as fast), up to ${parallel.together} steps at work together`,
  ];
}

/** Numbers that the lab's server doesn't use. */
const identities: readonly LunIdentity[] = [5, 6, 7, 8].map((number) => {
  const naa = `5000c500a000000${number}`;
  return { wwn: `0x${naa}`, wwid: `3${naa}`, serial: `LAB000${number}`, alias: "", size: 768 * 2 ** 20 };
});

async function blank(dir: string): Promise<readonly AttachedLun[]> {
  const luns = await Promise.all(identities.map((identity) => blankLun(dir, identity)));
  return luns.map((lun) => ({ ...lun, bytesPerSecond: rate }));
}
