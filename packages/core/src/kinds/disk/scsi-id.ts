import type { ProbeHost } from "../../host/host.js";
import { type CommandResult, succeeded } from "../../host/outcome.js";
import type { BlockDevice } from "../../layout/inventory.js";

/** Where distributions have put it: with udev's own programs, and in /sbin before udev 100. */
const PROGRAMS = ["/lib/udev/scsi_id", "/usr/lib/udev/scsi_id"] as const;

/**
 * The WWID by scsi_id, for a disk of which udev doesn't tell: the answer without its newline, or null.
 *
 * The old form asks by the path in sysfs: since udev 118 `-s` means `--sg-version`, so neither form works in place of
 * the other. `-g` because devices were black-listed by default, `-u` for `_` in place of blanks.
 */
export async function scsiId(host: ProbeHost, device: BlockDevice): Promise<string | null> {
  for (const program of PROGRAMS) {
    const result = await host.run([program, "--whitelisted", "--replace-whitespace", `--device=${device.path}`]);
    if (result.outcome.is !== "missing" && result.outcome.is !== "not-recorded") return answerOf(result);
  }
  return answerOf(await host.run(["/sbin/scsi_id", "-g", "-u", "-s", `/block/${device.name}`]));
}

/** Exit status 1 without a word is how scsi_id says that the disk has neither page. */
function answerOf(result: CommandResult): string | null {
  return (succeeded(result) && result.stdout.trim()) || null;
}
