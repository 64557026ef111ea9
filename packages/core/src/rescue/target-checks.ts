import type { DiskRequirement } from "../plan/part.js";
import { humanBytes } from "../render/text.js";
import type { Binding } from "./bind-disks.js";
import { mapFlag, pathOf, subject } from "./binding-problems.js";
import type { Problem } from "./problem.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";

/** Whether the disk that was bound can be what the recorded one was, whatever is on it. All that doesn't fit. */
export function checkFit(binding: Binding, facts: RescueFacts, erased: boolean): Problem[] {
  const { disk, candidate } = binding;
  return [
    ...checkSize(disk, candidate, facts),
    ...checkSectors(disk, candidate, facts),
    ...checkReadable(disk, candidate, facts),
    ...checkPaths(binding, facts),
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

/** Writing to one of several paths of a LUN, while the others hold their own view of it, ends in damage. */
function checkPaths({ disk, candidate, by }: Binding, facts: RescueFacts): Problem[] {
  if (candidate.node.role === "map") return [];
  const path = pathOf(candidate, facts);
  const twins = twinsOf(candidate, facts);
  if (twins.length === 0 && (disk.role === "disk" || by === "map")) return [];
  const seen =
    twins.length === 0
      ? `${subject(disk)} was a multipath map, and here only the disk ${path} is seen`
      : `${subject(disk)} is seen here as ${[path, ...twins].join(", ")}, and no multipath map holds them together`;
  const alone = twins.length === 0 ? `; if there is only this path: ${mapFlag(disk, path)}` : "";
  return [
    {
      code: "only-paths",
      node: disk.node,
      device: path,
      message: seen,
      remedy: `start multipath (modprobe dm-multipath; multipath -v2) and run this again${alone}`,
    },
  ];
}

/** Other disks that say they are the same volume, by udev: an identity that was dropped as worthless isn't looked at. */
function twinsOf(candidate: Candidate, facts: RescueFacts): string[] {
  const own = facts.inventory.find(candidate.device);
  const wwids = new Set(
    candidate.node.identities.filter((identity) => identity.strength === "volume").map((identity) => identity.value),
  );
  const wwn = wwids.size === 0 ? undefined : own?.properties.ID_WWN_WITH_EXTENSION;
  return facts.inventory.devices
    .filter((device) => device.type === "disk" && device.dm === null && device.name !== own?.name)
    .filter(({ properties: { ID_SERIAL, ID_WWN_WITH_EXTENSION } }) => {
      return wwids.has(ID_SERIAL ?? "") || (wwn !== undefined && wwn === ID_WWN_WITH_EXTENSION);
    })
    .map((device) => device.path);
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
