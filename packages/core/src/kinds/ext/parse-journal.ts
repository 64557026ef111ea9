import type { ExtJournal } from "./superblock.js";
import type { SuperblockLines } from "./superblock-lines.js";

/** Reads the lines about the journal: those of the filesystem's superblock, and those of the journal's own. */
export function parseJournal(lines: SuperblockLines, blockSize: number): ExtJournal | null {
  const inode = lines.number("Journal inode");
  const uuid = lines.text("Journal UUID");
  const device = lines.text("Journal device");
  const bytes = parseSize(lines, blockSize);
  const firstUser = lines.text("Journal users");
  const features = lines.words("Journal features");
  const journal = {
    inode,
    uuid,
    device,
    backup: lines.text("Journal backup"),
    features,
    ...bytes,
    maxTransactionBlocks: lines.number("Max transaction length"),
    firstBlock: lines.number("Journal first block"),
    sequence: lines.text("Journal sequence"),
    start: lines.number("Journal start"),
    checksumType: lines.text("Journal checksum type"),
    checksum: lines.text("Journal checksum"),
    users: firstUser === null ? [] : [firstUser, ...lines.below("Journal users")],
    errno: lines.number("Journal errno") ?? 0,
  };
  lines.number("Journal number of users");
  return inode === null && uuid === null && journal.bytes === null ? null : journal;
}

/**
 * Bytes of the whole journal. Exact from its length in blocks (`Journal length` until 1.45, `Total journal blocks`
 * since 1.46); the printed size is rounded down to whole MiB from 8 MiB on, and all there is before 1.41.
 */
function parseSize(lines: SuperblockLines, fsBlockSize: number): { bytes: number | null; fastCommitBytes: number } {
  const size = lines.text("Total journal size") ?? lines.text("Journal size");
  const blocks = lines.number("Total journal blocks") ?? lines.number("Journal length");
  const blockSize = lines.number("Journal block size") ?? fsBlockSize;
  const fastCommitBytes = (lines.number("Fast commit length") ?? 0) * blockSize;
  if (blocks !== null) return { bytes: blocks * blockSize, fastCommitBytes };
  if (size === null) return { bytes: null, fastCommitBytes };
  const [, digits, unit] = /^(\d+)([kM])$/.exec(size) ?? [];
  if (digits === undefined) lines.fail(`Journal size: ${size}`, "a number and k or M");
  return { bytes: Number(digits ?? 0) * (unit === "M" ? 1024 * 1024 : 1024), fastCommitBytes };
}
