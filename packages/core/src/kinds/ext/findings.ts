import { isCleanText } from "../../host/bytes.js";
import type { Finding, Severity } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { ExtDetail } from "./detail.js";
import { DEFAULT_MOUNT_OPTIONS, JOURNAL_MODES, SUPERBLOCK_FLAGS } from "./features.js";
import { defaultBlocksPerGroup, hasUsedUpReserve, journalSize } from "./geometry.js";
import { isSettable } from "./limits.js";
import type { ExtSuperblock } from "./superblock.js";

/** What there is to say about one filesystem: damage, and what a rebuild or a file-level backup doesn't bring back. */
export function extFindings(detail: ExtDetail, node: NodeId, name: string, deviceBytes: number | null): Finding[] {
  const { superblock } = detail;
  if (superblock === null) return [];
  const say = (code: string, severity: Severity, message: string, remedy: string): Finding => ({
    code: `ext/${code}`,
    severity,
    node,
    message: `${name}: ${message}`,
    remedy,
  });
  return [
    ...healthFindings(superblock, deviceBytes, say),
    ...textFindings(superblock, say),
    ...featureFindings(superblock, say),
    ...shapeFindings(superblock, say),
    ...(superblock.other.length === 0
      ? []
      : [
          say(
            "unknown-lines",
            "note",
            `dumpe2fs says what this version doesn't know, and what isn't rebuilt: ${superblock.other.join("; ")}`,
            "a newer bmr may know it",
          ),
        ]),
  ];
}

type Say = (code: string, severity: Severity, message: string, remedy: string) => Finding;

function healthFindings(superblock: ExtSuperblock, deviceBytes: number | null, say: Say): Finding[] {
  const { withErrors, errorCount, lastError, journal, blockCount, blockSize, badBlocks } = superblock;
  const findings: Finding[] = [];
  if (withErrors || (journal !== null && journal.errno !== 0)) {
    findings.push(say("errors", "loss", "the filesystem is marked as having errors", "unmount it and run e2fsck -f"));
  }
  if (errorCount > 0) {
    const last = lastError === null ? "" : `, the last one on ${lastError.time} in ${lastError.function}`;
    findings.push(
      say(
        "error-count",
        "warning",
        `the kernel has counted ${errorCount} errors since the last e2fsck${last}`,
        "unmount it and run e2fsck -f",
      ),
    );
  }
  if (deviceBytes !== null && blockCount * blockSize > deviceBytes) {
    findings.push(
      say(
        "larger-than-device",
        "loss",
        `the filesystem has ${blockCount * blockSize} bytes, more than its device with ${deviceBytes}: it can't be made again there`,
        "find out what made the device smaller; resize2fs shrinks the filesystem",
      ),
    );
  }
  if (badBlocks.length > 0) {
    findings.push(
      say(
        "bad-blocks",
        "note",
        `${badBlocks.length} blocks are listed as bad; the list isn't rebuilt`,
        "replace the disk",
      ),
    );
  }
  return findings;
}

function textFindings({ label, mountOptions }: ExtSuperblock, say: Say): Finding[] {
  const findings: Finding[] = [];
  if (label !== null && !isCleanText(label)) {
    findings.push(
      say(
        "label-not-text",
        "loss",
        `the label ${JSON.stringify(label)} isn't UTF-8 and can't be given on a command line: it is rebuilt without a label`,
        "give it a label in UTF-8 with e2label, and name it so in /etc/fstab",
      ),
    );
  }
  if (mountOptions !== null && !isSettable(mountOptions)) {
    findings.push(
      say(
        "mount-options-not-text",
        "loss",
        `the mount options ${JSON.stringify(mountOptions)} in the superblock hold characters that can't be set: it is rebuilt without them`,
        "put them into /etc/fstab, and clear them here with tune2fs -E mount_opts=",
      ),
    );
  }
  return findings;
}

function featureFindings(superblock: ExtSuperblock, say: Say): Finding[] {
  const has = (feature: string) => superblock.features.includes(feature);
  const { unsupportedFeatures } = superblock;
  const findings: Finding[] = [];
  if (unsupportedFeatures.length > 0) {
    findings.push(
      say(
        "unsupported-feature",
        "loss",
        `no mke2fs known here makes the features ${unsupportedFeatures.join(", ")}: it is rebuilt without them`,
        "see whether the feature is needed; a newer bmr may know it",
      ),
    );
  }
  if (superblock.quotas.length > 0) {
    findings.push(
      say(
        "quota-limits",
        "warning",
        "usage is counted anew, but limits and grace times that were set are in hidden files that no file-level backup holds",
        "save the output of repquota -avug where the backup finds it, and set them again with setquota",
      ),
    );
  }
  if (has("encrypt")) {
    findings.push(
      say(
        "encrypt",
        "loss",
        "encrypted directories, and the salt of their passphrases, come back from no file-level backup as they are",
        "back them up unlocked; after the restore set up the encryption again",
      ),
    );
  }
  if (has("verity")) {
    findings.push(
      say("verity", "warning", "files come back without their fs-verity seal", "run fsverity enable on them again"),
    );
  }
  if (has("casefold")) {
    findings.push(
      say(
        "casefold",
        "warning",
        "which directories ignore case (chattr +F) is in no file-level backup",
        "set chattr +F on the empty directories before their files are restored",
      ),
    );
  }
  return findings;
}

/** What mke2fs and tune2fs can't make as it is; each of them makes the field differ after a rebuild. */
function shapeFindings(superblock: ExtSuperblock, say: Say): Finding[] {
  const odd = oddities(superblock);
  if (odd.length === 0) return [];
  return [
    say(
      "not-reproducible",
      "warning",
      `mke2fs and tune2fs can't make it exactly like this: ${odd.join("; ")}`,
      "nothing depends on it in general; verify will show the difference",
    ),
  ];
}

function oddities(superblock: ExtSuperblock): string[] {
  if (superblock.features.includes("journal_dev")) return [];
  const has = (feature: string) => superblock.features.includes(feature);
  const { blockSize, clusterSize, blocksPerGroup, clustersPerGroup } = superblock;
  const size = journalSize(superblock);
  const knownOptions = [...DEFAULT_MOUNT_OPTIONS, ...JOURNAL_MODES];
  const options = superblock.defaultMountOptions.filter((option) => !knownOptions.includes(option));
  const flags = superblock.flags.filter((flag) => !SUPERBLOCK_FLAGS.has(flag) && flag !== "(none)");
  const claims: [boolean, string][] = [
    [superblock.firstInode !== 11, `first inode ${superblock.firstInode} instead of 11`],
    [!has("bigalloc") && clusterSize !== blockSize, `fragment size ${clusterSize}`],
    [!has("bigalloc") && clustersPerGroup !== blocksPerGroup, `${clustersPerGroup} fragments per group`],
    [has("bigalloc") && blocksPerGroup !== defaultBlocksPerGroup(superblock), `${blocksPerGroup} blocks per group`],
    [hasUsedUpReserve(superblock), "no reserved GDT block left, of which mke2fs makes one at least"],
    [!has("resize_inode") && superblock.reservedGdtBlocks > 0, "reserved GDT blocks without the feature resize_inode"],
    [
      size !== null && !size.exact,
      `a journal of ${superblock.journal?.bytes} bytes, which becomes ${size?.mebibytes ?? "what mke2fs takes by itself in"} MiB`,
    ],
    [options.length > 0, `the default mount options ${options.join(", ")}`],
    [flags.length > 0, `the flags ${flags.join(", ")}`],
    [!["Linux", "Hurd", "FreeBSD", "Lites"].includes(superblock.osType), `the OS type ${superblock.osType}`],
  ];
  return claims.filter(([holds]) => holds).map(([, claim]) => claim);
}
