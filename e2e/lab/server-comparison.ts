import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Capture } from "./capture.js";
import { compareLayouts, type ScannedLayout } from "./compare-layouts.js";
import { type ComparisonRule, compareManifests, countByRule, readManifest } from "./compare-manifests.js";
import { LabError } from "./error.js";
import type { VmRun } from "./vm.js";

/**
 * What may differ between the server before and after. Everything that isn't named here must be the same, down to the
 * nanosecond and the hole.
 */
export const rules: readonly ComparisonRule[] = [
  { path: "/etc/BMR", compare: "ignore", why: "the backup writes a new recovery set after the manifest was taken" },
  { path: /^\/etc$/, compare: "no-mtime", why: "the new recovery set is made in it" },
  { path: "/var/log/bmr", compare: "ignore", why: "the recovery leaves its log there" },
  { path: /^\/var\/log$/, compare: "no-mtime", why: "the recovery's log is put into it" },
  { path: "/var/log/journal", compare: "ignore", why: "every boot writes to it" },
  { path: "/var/log/wtmp", compare: "existence", why: "every boot writes to it" },
  { path: "/var/lib/systemd/random-seed", compare: "existence", why: "every boot writes to it" },
  { path: "/tmp", compare: "ignore", why: "emptied and filled by every boot" },
  { path: /^\/boot\/initrd\.img-[^/]+$/, compare: "existence", why: "built anew for the restored server" },
  { path: /^\/var\/tmp$/, compare: "no-mtime", why: "the initramfs is built in it" },
  {
    path: "/boot/grub",
    compare: "no-mtime",
    why: "grub-install and update-grub write it again, with the same content",
  },
  { path: /^\/(boot)?$/, compare: "no-mtime", why: "the boot loader and the mount points were made in it" },
];

/**
 * Compares what check.sh found in the restored server with what capture.sh had found.
 * @throws {@link LabError} with the first differences.
 */
export function compareServers(capture: Capture, checked: VmRun): readonly string[] {
  const before = readManifest(capture.manifest);
  const after = readManifest(join(checked.share, "manifest"));
  const differences = compareManifests(before, after, rules);
  if (differences.length > 0) throw differing("files", differences);
  const layout = compareLayouts(readLayout(capture.scan), readLayout(join(checked.share, "scan.json")));
  if (layout.length > 0) throw differing("layout", layout);
  const counts = countByRule(before, rules);
  return [
    `${before.size} files compared: ${counts.full} in all respects, ${counts["no-mtime"]} but for the time, ` +
      `${counts.existence} by existence, ${counts.ignore} ignored`,
    "the layout that bmr scan reports is the same",
  ];
}

function differing(what: string, differences: readonly string[]): LabError {
  const shown = differences.slice(0, 30).map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line));
  const more = differences.length > 30 ? `\n  and ${differences.length - 30} more` : "";
  return new LabError(`the restored server differs in its ${what}:\n  ${shown.join("\n  ")}${more}`);
}

function readLayout(file: string): ScannedLayout {
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly layout: ScannedLayout }).layout;
}
