import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasSuperblock, superblockCopies } from "../../src/kinds/ext/geometry.js";
import type { ExtSuperblock } from "../../src/kinds/ext/superblock.js";

/** The fields that decide where copies of the superblock are. */
function shape(groups: number, features: readonly string[], backupBlockGroups: readonly number[]): ExtSuperblock {
  const shown = { features, backupBlockGroups, blockCount: groups * 100, firstBlock: 0, blocksPerGroup: 100 };
  return shown as unknown as ExtSuperblock;
}

describe("copies of the superblock", () => {
  it("are as many as groups that have one", () => {
    const features = fc.constantFrom([], ["sparse_super"], ["sparse_super2"], ["sparse_super", "sparse_super2"]);
    const backups = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 2 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), features, backups, (groups, chosen, where) => {
        const superblock = shape(groups, chosen, where);
        const counted = Array.from({ length: groups }, (_, group) => hasSuperblock(superblock, group)).filter(Boolean);
        expect(superblockCopies(superblock)).toBe(counted.length);
      }),
    );
  });
});
