import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { command } from "../lab/command.js";
import { type LunIdentity, lunFile } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { type AttachedLun, runVm } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

/** Onto other disks on purpose: other WWIDs, one disk larger and two smaller. */
export const mapped: VmScenario = {
  kind: "vm",
  name: "mapped",
  summary: "tables, LVM and filesystems are rebuilt on larger and smaller LUNs of other WWIDs, in the announced sizes",
  quick: false,
  async run({ dir, image }) {
    const bundle = await buildBundle();
    const made = await runVm({
      name: "make",
      dir,
      image,
      boot: { from: "rescue", multipath: true },
      luns: await blank(dir, recorded),
      script: ["mapped-make.sh", ...recorded.map(({ wwid }) => wwid)],
      inputs: { "bmr.cjs": bundle },
      timeoutSeconds: 1800,
    });
    const files = ["first", "logical", "keep", "fast", "files"].flatMap((name) => [`${name}.tar`, `${name}.sums`]);
    const again = await runVm({
      name: "again",
      dir,
      image,
      boot: { from: "rescue", multipath: true },
      luns: [...(await blank(dir, others))].reverse(),
      script: ["mapped-again.sh", ...recorded.flatMap(({ wwid }, at) => [wwid, (others[at] as LunIdentity).wwid])],
      inputs: { "bmr.cjs": bundle, ...Object.fromEntries(files.map((name) => [name, join(made.share, name)])) },
      folders: { set: join(made.share, "set") },
      timeoutSeconds: 1800,
    });
    return {
      report: [
        `made and scanned in ${clock(made.milliseconds)}`,
        ...linesOf(join(again.share, "suggested.map")),
        ...linesOf(join(again.share, "announced.txt")),
        "each size is as announced; bmr verify finds no difference, and the files are the same",
      ],
    };
  },
};

function linesOf(file: string): readonly string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

/** Numbers that the lab's server doesn't use. */
function lun(number: number, mebibytes: number): LunIdentity {
  const naa = `5000c500a00000${number}`;
  return { wwn: `0x${naa}`, wwid: `3${naa}`, serial: `LAB00${number}`, alias: "", size: mebibytes * 2 ** 20 };
}

const recorded: readonly LunIdentity[] = [lun(21, 768), lun(22, 512), lun(23, 256)];
/** Each differs by less than an eighth. The second one holds a physical volume alone, the third one a logical partition at its end. */
const others: readonly LunIdentity[] = [lun(31, 832), lun(32, 460), lun(33, 232)];

async function blank(dir: string, of: readonly LunIdentity[]): Promise<readonly AttachedLun[]> {
  return Promise.all(
    of.map(async (identity) => {
      const file = lunFile(dir, identity);
      await command(
        ["qemu-img", "create", "-q", "-f", "qcow2", file, String(identity.size)],
        join(dir, "qemu-img.txt"),
      );
      return { identity, file };
    }),
  );
}
