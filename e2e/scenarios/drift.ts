import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { command } from "../lab/command.js";
import { type LunIdentity, lunFile, luns as serverLuns } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { cloneLuns, installedServer } from "../lab/server.js";
import { type AttachedLun, runVm } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

/** `bmr check` and `bmr verify` against real tools on a real server, and the guard of the last good set and backup. */
export const drift: VmScenario = {
  kind: "vm",
  name: "drift",
  summary: "check is silent after a reboot that renames all disks, and finds 40 planted differences; losses hold back",
  quick: false,
  async run({ dir, image }) {
    const own = await cloneLuns(await installedServer(image), dir);
    const third = await blank(dir);
    const fat = join(dir, "fat.img");
    const log = join(dir, "fat.txt");
    await command(["truncate", "-s", "64M", fat], log);
    await command(["mkfs.vfat", "-F", "32", "-n", "EFI", "-i", "CAFE0001", fat], log);
    const inputs = { "bmr.cjs": await buildBundle(), "fat.img": fat };
    const server = { dir, image, boot: { from: "lun", lun: serverLuns.system }, inputs } as const;
    const recorded = await runVm({
      ...server,
      name: "record",
      luns: [...own, third],
      script: ["drift-record.sh", identity.wwid],
      timeoutSeconds: 1800,
    });
    const checked = await runVm({
      ...server,
      name: "check",
      luns: [third, ...[...own].reverse()],
      script: ["drift-check.sh", identity.wwid],
      folders: { kept: join(recorded.share, "kept") },
      timeoutSeconds: 7200,
    });
    return {
      report: [
        `recorded in ${clock(recorded.milliseconds)}, checked in ${clock(checked.milliseconds)}`,
        ...checked.steps.map(({ title, seconds }) => `  ${seconds.toFixed(0).padStart(4)} s  ${title}`),
      ],
    };
  },
};

/** A number that the lab's server doesn't use. */
const naa = "5000c500a0000003";
const identity: LunIdentity = {
  wwn: `0x${naa}`,
  wwid: `3${naa}`,
  serial: "LAB0003",
  alias: "mpathc",
  size: 512 * 2 ** 20,
};

async function blank(dir: string): Promise<AttachedLun> {
  const file = lunFile(dir, identity);
  await command(["qemu-img", "create", "-q", "-f", "qcow2", file, String(identity.size)], join(dir, "qemu-img.txt"));
  return { identity, file };
}
