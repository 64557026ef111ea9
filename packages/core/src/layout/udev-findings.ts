import { type CommandResult, describeOutcome, succeeded } from "../host/outcome.js";
import type { Finding } from "./finding.js";
import { isPassing } from "./inventory.js";
import type { UdevRecord } from "./udev-db.js";

/** How many devices are named one by one. */
const NAMED = 10;

/**
 * What is wrong with udev's answer. udevadm takes the devices from sysfs and ends each line, so an answer without a
 * device that sysfs shows, or that breaks off, isn't the whole database: links, identities and signatures are missing.
 *
 * @param devices kernel names of the block devices that sysfs shows; null where a recording doesn't have them
 */
export function udevFindings(
  answer: CommandResult,
  records: readonly UdevRecord[],
  devices: readonly string[] | null,
): Finding[] {
  if (answer.outcome.is === "not-recorded") return [];
  const command = answer.argv.join(" ");
  if (!succeeded(answer))
    return [fault("no-udev", `udev's database can't be read: ${command} ${describeOutcome(answer)}`)];
  const text = answer.stdout;
  if (!text.startsWith("P: ")) {
    return [fault("no-udev", `udev's database can't be read: ${command} printed ${JSON.stringify(text.slice(0, 80))}`)];
  }
  if (!text.endsWith("\n")) {
    const last = JSON.stringify(text.slice(text.lastIndexOf("\n") + 1).slice(0, 80));
    return [fault("udev-incomplete", `udev's database is incomplete: ${command} breaks off with ${last}`)];
  }
  const told = new Set(records.map(({ name }) => name));
  const untold = (devices ?? []).filter((name) => !told.has(name) && !isPassing(name));
  if (untold.length === 0) return [];
  const more = untold.length > NAMED ? ` and ${untold.length - NAMED} more` : "";
  const list = `${untold.slice(0, NAMED).join(", ")}${more}`;
  return [fault("udev-incomplete", `udev's database is incomplete: ${command} doesn't tell of ${list}`)];
}

function fault(what: string, message: string): Finding {
  return {
    code: `inventory/${what}`,
    severity: "warning",
    message,
    remedy: "identities of disks come from sysfs alone, and signatures from blkid; better scan where udev runs",
    holdsBack: true,
  };
}
