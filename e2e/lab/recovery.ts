import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Capture } from "./capture.js";
import type { LabImage } from "./image.js";
import { luns } from "./luns.js";
import { compareServers } from "./server-comparison.js";
import { type AttachedLun, runVm, type VmRun, type VmSpec } from "./vm.js";

/** Where a recovery takes place. */
export interface RecoverySite {
  readonly dir: string;
  readonly image: LabImage;
  readonly capture: Capture;
  /** The disks that stand in for the lost ones. */
  readonly luns: readonly AttachedLun[];
}

/** What a rescue system gets beside the backup. */
export interface RescueOptions {
  /** Words for the script. */
  readonly words?: readonly string[];
  /** Folder with the journal of an earlier run. */
  readonly journal?: string;
  /** More folders, by their names below /lab. */
  readonly folders?: Readonly<Record<string, string>>;
  /** What its clock says; see {@link VmSpec.clock}. */
  readonly clock?: string;
  /** An ordinary Debian with systemd, which starts the volume groups that it finds and knows no multipath map. */
  readonly systemd?: boolean;
  /** Disks that are none of the server's. */
  readonly disks?: readonly AttachedLun[];
  /** See {@link VmSpec.mayLosePower}. */
  readonly mayLosePower?: boolean;
  readonly timeoutSeconds?: number;
}

/** Boots the rescue system and runs one of the recovery scripts, with the backup at hand. */
export async function runRescue(
  site: RecoverySite,
  name: string,
  script: string,
  options: RescueOptions = {},
): Promise<VmRun> {
  const { dir, image, capture } = site;
  const { words = [], journal, folders, clock, disks = [], timeoutSeconds = 1800 } = options;
  const { mayLosePower = false, systemd = false } = options;
  return runVm({
    name,
    dir,
    image,
    boot: { from: "rescue", multipath: !systemd, systemd },
    luns: [...site.luns, ...disks],
    script: [script, ...words],
    inputs: { "bmr.cjs": capture.bundle, "backup.tar": capture.backup },
    folders: { ...folders, ...(journal === undefined ? {} : { journal }) },
    ...(clock === undefined ? {} : { clock }),
    mayLosePower,
    timeoutSeconds,
  });
}

/** Boots the restored server from its own disks and compares it with the lost one. Gives the report. */
export async function checkRestored(site: RecoverySite, name = "restored"): Promise<readonly string[]> {
  const { dir, image, capture } = site;
  const checked = await runVm({
    name,
    dir,
    image,
    boot: { from: "lun", lun: luns.system },
    luns: site.luns,
    script: ["check.sh"],
    inputs: { "bmr.cjs": capture.bundle },
    timeoutSeconds: 1800,
  });
  return [
    "it boots from its own disks, all filesystems and swaps on multipath maps; bmr verify finds no difference",
    ...compareServers(capture, checked),
  ];
}

/** The journal that a recovery left in its share. */
export function journalOf(run: VmRun): string {
  return join(run.share, "journal");
}

/** What the recovery said that it did, with the time of each step that took a second or more. */
export function recoverySteps(run: VmRun): readonly string[] {
  const out = readFileSync(join(run.share, "out.txt"), "utf8");
  const times = new Map([...out.matchAll(/^(\[\d+\/\d+\]) done in (.*)\n/gm)].map(([, label, time]) => [label, time]));
  const titles = [...out.matchAll(/^(\[\d+\/\d+\]) (?!done in|skipped:| )(.*)\n/gm)];
  return titles.map(([, label, title]) => (times.has(label) ? `${title}: ${times.get(label)}` : `${title}`));
}
