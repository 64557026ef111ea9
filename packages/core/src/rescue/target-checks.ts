import type { DiskRequirement } from "../plan/part.js";
import { humanBytes } from "../render/text.js";
import type { Binding } from "./bind-disks.js";
import { mapFlag, pathOf, subject } from "./binding-problems.js";
import { checkPaths, type PathPermit } from "./path-checks.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";

/** Whether the disk that was bound can be what the recorded one was, whatever is on it. All that doesn't fit. */
export function checkFit(binding: Binding, facts: RescueFacts, erased: boolean, permit: PathPermit): Problem[] {
  const { disk, candidate } = binding;
  return [
    ...checkSize(disk, candidate, facts),
    ...checkSectors(disk, candidate, facts),
    ...checkReadable(disk, candidate, facts),
    ...checkPaths(binding, facts, permit),
    ...(erased ? checkWritable(disk, candidate, facts) : []),
  ];
}

function checkSize(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem[] {
  const { bytes } = candidate.node;
  const path = pathOf(candidate, facts);
  if (bytes === null) return [problem("size-unknown", `the size of ${path} isn't known`, "see what dmesg says of it")];
  if (bytes >= disk.bytes) return [];
  const short = `${path} has ${humanBytes(bytes)} (${bytes} bytes), ${subject(disk)} needs ${humanBytes(disk.bytes)} (${disk.bytes} bytes)`;
  return [problem("too-small", short, `provide a larger disk and name it: ${mapFlag(disk, "/dev/…")}`)];

  function problem(code: "size-unknown" | "too-small", message: string, remedy: string): Problem {
    return { code, node: disk.node, device: path, message, remedy };
  }
}

function checkSectors(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem[] {
  const { sectorBytes } = candidate.node;
  if (sectorBytes === disk.sectorBytes) return [];
  const path = pathOf(candidate, facts);
  const has = sectorBytes === null ? "an unknown sector size" : `sectors of ${sectorBytes} bytes`;
  return [
    {
      code: "sector-size",
      node: disk.node,
      device: path,
      message: `${path} has ${has}, ${subject(disk)} had ${disk.sectorBytes}: tables and filesystems would not fit`,
      remedy: `provide a disk with sectors of ${disk.sectorBytes} bytes: ${mapFlag(disk, "/dev/…")}`,
    },
  ];
}

function checkReadable(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem[] {
  const device = facts.inventory.find(candidate.device);
  const path = pathOf(candidate, facts);
  const { dev } = candidate.seal;
  if (device !== undefined && dev === `${device.major}:${device.minor}`) return [];
  return [
    {
      code: "device-unreadable",
      node: disk.node,
      device: path,
      message: `${path} can't be told from another disk later: /sys/class/block/${candidate.device}/dev says ${dev ?? "nothing"}`,
      remedy: "look whether the disk is still there, and run this again",
    },
  ];
}

function checkWritable(disk: DiskRequirement, candidate: Candidate, facts: RescueFacts): Problem[] {
  const path = pathOf(candidate, facts);
  const problems: Problem[] = [];
  const device = facts.inventory.find(candidate.device);
  if (candidate.node.readOnly || device?.readOnly !== false) {
    problems.push({
      code: "read-only",
      node: disk.node,
      device: path,
      message: `${path} ${device?.readOnly === null ? "may be" : "is"} read-only`,
      remedy: `blockdev --setrw ${path}, or look at the storage system, and run this again`,
    });
  }
  if (disk.readOnly) {
    problems.push({
      code: "recorded-read-only",
      node: disk.node,
      device: path,
      message: `${subject(disk)} was read-only when it was recorded, so it is never erased`,
      remedy: "make it writable on the server and scan again, or leave it out of the plan",
    });
  }
  return problems;
}
