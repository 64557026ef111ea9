import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { command } from "../lab/command.js";
import { compareManifests, countByRule, readManifest } from "../lab/compare-manifests.js";
import { LabError } from "../lab/error.js";
import { type LunIdentity, luns as lost, lunFile } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { cloneLuns, installedServer } from "../lab/server.js";
import { rules } from "../lab/server-comparison.js";
import { type AttachedLun, runVm } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

/** Another site: other LUNs, a little larger, behind other adapters of another machine. */
export const drSite: VmScenario = {
  kind: "vm",
  name: "dr-site",
  summary: "every WWID, serial number, path and bus address is another: what names the disks is written anew, it boots",
  quick: false,
  async run({ dir, image }) {
    const bundle = await buildBundle();
    const server = await installedServer(image);
    const source = await runVm({
      name: "source",
      dir,
      image,
      boot: { from: "lun", lun: lost.system },
      luns: await cloneLuns(server, dir),
      script: ["dr-site-server.sh", lost.system.wwid, lost.data.wwid],
      inputs: { "bmr.cjs": bundle },
      timeoutSeconds: 2400,
    });
    // the data LUN comes up first
    const luns = await Promise.all([others.data, others.system].map((identity) => blank(dir, identity)));
    const words = [lost.system.wwid, others.system.wwid, lost.data.wwid, others.data.wwid];
    const rescue = await runVm({
      name: "rescue",
      dir,
      image,
      boot: { from: "rescue", multipath: true },
      luns,
      otherSite: true,
      script: ["dr-site.sh", ...words],
      inputs: { "bmr.cjs": bundle, "backup.tar": join(source.share, "backup.tar") },
      timeoutSeconds: 2400,
    });
    const checked = await runVm({
      name: "restored",
      dir,
      image,
      boot: { from: "lun", lun: others.system },
      luns,
      otherSite: true,
      script: ["dr-site-check.sh", ...words],
      inputs: { "bmr.cjs": bundle, "disks.map": join(rescue.share, "disks.map") },
      timeoutSeconds: 2400,
    });
    const replaced = readFileSync(join(checked.share, "replaced"), "utf8").trimEnd().split("\n");
    return {
      report: [
        `rescue system to power-off: ${clock(rescue.milliseconds)}`,
        "without --fix-references it stopped before initramfs and boot loader, and changed nothing",
        `with it, written anew, but for the names byte by byte the same: ${replaced.map((file) => `/${file}`).join(" ")}`,
        "it boots from its own disks, all filesystems and swaps on multipath maps; bmr verify finds no difference",
        "no old WWID in /etc, initramfs or boot loader",
        ...compareFiles(join(source.share, "manifest"), join(checked.share, "manifest"), replaced),
      ],
    };
  },
};

function lun(number: number, alias: string, size: number): LunIdentity {
  const naa = `5001438012ab00${number}`;
  return { wwn: `0x${naa}`, wwid: `3${naa}`, serial: `DRSITE${number}`, alias, size };
}

const others = {
  system: lun(41, "mpatha", lost.system.size + 48 * 2 ** 20),
  data: lun(42, "mpathb", lost.data.size + 16 * 2 ** 20),
};

async function blank(dir: string, identity: LunIdentity): Promise<AttachedLun> {
  const file = lunFile(dir, identity);
  await command(["qemu-img", "create", "-q", "-f", "qcow2", file, String(identity.size)], join(dir, "qemu-img.txt"));
  return { identity, file };
}

/** @throws {@link LabError} with the first files that differ, and aren't among those that were written anew. */
function compareFiles(before: string, after: string, replaced: readonly string[]): readonly string[] {
  const own = [
    ...replaced.map((file) => ({ path: `/${file}`, compare: "existence", why: "it has the new names" }) as const),
    { path: "/boot/grub/device.map", compare: "ignore", why: "grub-install makes do without it" } as const,
    {
      path: /^\/etc\/(fstab|udev\/rules\.d|multipath|lvm(\/devices)?|default|initramfs-tools\/conf\.d)$/,
      compare: "no-mtime",
      why: "files in it were written anew",
    } as const,
    { path: "/var/log/bmr", compare: "ignore", why: "the run's log, and the files as they were" } as const,
    { path: /^\/(var\/log|var\/tmp|etc\/lvm)$/, compare: "no-mtime", why: "made in it" } as const,
    ...rules,
  ];
  const [was, is] = [readManifest(before), readManifest(after)];
  const differences = compareManifests(was, is, own);
  if (differences.length > 0)
    throw new LabError(`the restored server differs:\n  ${differences.slice(0, 30).join("\n  ")}`);
  const counts = countByRule(was, own);
  return [`${was.size} files compared: ${counts.full} in all respects, ${counts["no-mtime"]} but for the time`];
}
