import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import type { LunIdentity } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { blankLun } from "../lab/server.js";
import { type AttachedLun, runVm } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

/** Partition tables and LVM with all that they can have, which no single server has together. */
export const storage: VmScenario = {
  kind: "vm",
  name: "storage",
  summary: "partition tables and LVM of every sort are made again, on blank LUNs and on used ones, as they were",
  quick: false,
  async run({ dir, image }) {
    const bundle = await buildBundle();
    const made = await runVm({
      name: "make",
      dir,
      image,
      boot: { from: "rescue", multipath: true },
      luns: await blank(dir),
      script: ["storage-make.sh", ...identities.map(({ wwid }) => wwid)],
      inputs: { "bmr.cjs": bundle },
      timeoutSeconds: 1800,
    });
    const again = await runVm({
      name: "again",
      dir,
      image,
      boot: { from: "rescue", multipath: true },
      // the new LUNs come up in another order
      luns: [...(await blank(dir))].reverse(),
      script: ["storage-again.sh", ...identities.map(({ wwid }) => wwid)],
      inputs: { "bmr.cjs": bundle },
      folders: { set: join(made.share, "set"), known: join(made.share, "known") },
      timeoutSeconds: 1800,
    });
    return {
      report: [
        `made and scanned in ${clock(made.milliseconds)}`,
        ...again.steps.map(({ title, seconds }) => `  ${seconds.toFixed(0).padStart(4)} s  ${title}`),
        "bmr verify finds no difference, nor do sfdisk's dumps and vgcfgbackup's texts",
      ],
    };
  },
};

/** Numbers that the lab's server doesn't use. */
const identities: readonly LunIdentity[] = [5, 6, 7, 8].map((number) => {
  const naa = `5000c500a000000${number}`;
  return { wwn: `0x${naa}`, wwid: `3${naa}`, serial: `LAB000${number}`, alias: "", size: 768 * 2 ** 20 };
});

const blank = (dir: string): Promise<readonly AttachedLun[]> =>
  Promise.all(identities.map((identity) => blankLun(dir, identity)));
