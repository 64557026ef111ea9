import { bytesOf } from "../../host/bytes.js";
import { known, type Parsed } from "../../host/probed.js";

/** What sfdisk doesn't tell of the start of a disk with a GPT: its first two sectors. */
export interface GptStart {
  /** False where the MBR has partitions of its own beside the protective one: a hybrid. */
  readonly protective: boolean;
  /** The active flag on the protective partition, which some firmware asks for (`pmbr_boot` in parted). */
  readonly bootFlag: boolean;
  /** Number of entries that the table has room for. */
  readonly tableLength: number;
  /** Where the entries start, in LBA; 2 nearly always. */
  readonly entriesLba: number;
  /** Where the other header is, in LBA; the disk's last one nearly always. */
  readonly backupLba: number;
}

/**
 * Reads protective MBR and GPT header (UEFI specification 2.10, 5.2.3 and 5.3.2).
 *
 * @param start the first two sectors, as `ProbeHost.read` gives them
 */
export function parseGptStart(start: string, source: string, sectorBytes: number): Parsed<GptStart> {
  const bytes = Buffer.from(bytesOf(start));
  if (bytes.length < 2 * sectorBytes) return refused(source, `only ${bytes.length} bytes of two sectors could be read`);
  if (bytes.readUInt16LE(510) !== 0xaa55) return refused(source, "its first sector has no MBR");
  const header = bytes.subarray(sectorBytes);
  if (header.toString("latin1", 0, 8) !== "EFI PART") return refused(source, "its second sector has no GPT header");
  const entries = [446, 462, 478, 494].map((at) => bytes.subarray(at, at + 16));
  const used = entries.filter((entry) => entry[4] !== 0);
  return known({
    protective: used.length === 1 && used[0]?.[4] === 0xee,
    bootFlag: used.some((entry) => entry[4] === 0xee && entry[0] === 0x80),
    tableLength: header.readUInt32LE(80),
    entriesLba: Number(header.readBigUInt64LE(72)),
    backupLba: Number(header.readBigUInt64LE(32)),
  });
}

function refused(source: string, what: string): Parsed<never> {
  return { is: "unknown", failure: { reason: "unexpected-output", source, message: `${source}: ${what}` } };
}
