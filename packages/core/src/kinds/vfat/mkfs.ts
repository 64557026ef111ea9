import type { BlockNode } from "../../layout/layout.js";
import type { Arg } from "../../plan/arg.js";
import type { PlannedCommand } from "../../plan/step.js";
import type { FatBootSector } from "./boot-sector.js";
import { madeShape } from "./shape.js";

/** What a filesystem is made with. */
export interface MadeFilesystem {
  readonly node: BlockNode;
  readonly uuid: string | null;
  /** One that mkfs.vfat can write. */
  readonly label: string | null;
  /** Null where it wasn't recorded. */
  readonly bootSector: FatBootSector | null;
}

/** The command that makes a filesystem, every setting named (mkfs.fat(8) of dosfstools 4.2). */
export function mkfsVfat({ node, uuid, label, bootSector }: MadeFilesystem): PlannedCommand {
  const volumeId = bootSector?.volumeId ?? uuid;
  const shape = bootSector === null ? null : madeShape(bootSector, node.bytes);
  const argv: [Arg, ...Arg[]] = [
    "mkfs.vfat",
    ...(bootSector === null ? [] : sectorOptions(bootSector)),
    ...(shape === null ? [] : ["-g", `${shape.heads}/${shape.sectorsPerTrack}`]),
    ...(shape === null || shape.isAligned ? [] : ["-a"]),
    ...(volumeId === null ? [] : ["-i", volumeId.replace("-", "")]),
    ...(label === null ? [] : ["-n", label]),
    // otherwise a whole disk gets a partition table over the boot code
    "--mbr=no",
    // a whole disk is refused without it; on a partition it would switch off the check for what stands on it
    ...(node.role === "disk" || node.role === "map" ? ["-I"] : []),
    { device: node.id },
    ...(shape === null ? [] : [String(shape.kibibytes)]),
  ];
  return { argv };
}

function sectorOptions(sector: FatBootSector): string[] {
  const { sectorBytes, backupBootAt, rootEntries } = sector;
  return [
    ...["-F", String(sector.fatBits)],
    ...["-S", String(sectorBytes)],
    ...["-s", String(sector.clusterBytes / sectorBytes)],
    ...["-R", String(sector.reservedBytes / sectorBytes)],
    ...["-f", String(sector.fats)],
    ...(rootEntries === null ? [] : ["-r", String(rootEntries)]),
    ...(sector.fatBits === 32 ? ["-b", String((backupBootAt ?? 0) / sectorBytes)] : []),
    ...["-M", hex(sector.media)],
    ...["-D", hex(sector.driveNumber)],
    ...["-h", String(sector.hiddenBytes / sectorBytes)],
  ];
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
