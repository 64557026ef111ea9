import { isCleanText } from "../../host/bytes.js";
import type { ExceptedField, Finding, Severity } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { attainable, isSettable } from "./attainable.js";
import type { ExtDetail } from "./detail.js";
import type { ExtSuperblock } from "./superblock.js";

/** What there is to say about one filesystem: damage, and what a rebuild or a file-level backup doesn't bring back. */
export function extFindings(detail: ExtDetail, node: NodeId, name: string, deviceBytes: number | null): Finding[] {
  const { superblock } = detail;
  if (superblock === null) return [];
  const say: Say = (code, severity, message, remedy, more = {}) => ({
    code: `ext/${code}`,
    severity,
    node,
    message: `${name}: ${message}`,
    remedy,
    ...(more.holdsBack === undefined ? {} : { holdsBack: more.holdsBack }),
    ...(more.excepts === undefined ? {} : { excepts: more.excepts.map((field): ExceptedField => ({ node, field })) }),
  });
  return [
    ...healthFindings(superblock, deviceBytes, say),
    ...textFindings(superblock, say),
    ...featureFindings(superblock, say),
    ...shapeFindings(superblock, deviceBytes, say),
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

type Say = (
  code: string,
  severity: Severity,
  message: string,
  remedy: string,
  more?: { readonly holdsBack?: true; readonly excepts?: readonly string[] },
) => Finding;

const SUPERBLOCK = "content.detail.superblock";

function healthFindings(superblock: ExtSuperblock, deviceBytes: number | null, say: Say): Finding[] {
  const { withErrors, errorCount, lastError, journal, blockCount, blockSize, badBlocks } = superblock;
  const findings: Finding[] = [];
  if (withErrors || (journal !== null && journal.errno !== 0)) {
    findings.push(
      say("errors", "loss", "the filesystem is marked as having errors", "unmount it and run e2fsck -f", {
        holdsBack: true,
      }),
    );
  }
  if (errorCount > 0) {
    const last = lastError === null ? "" : `, the last one on ${lastError.time} in ${lastError.function}`;
    findings.push(
      say(
        "error-count",
        "warning",
        `the kernel has counted ${errorCount} errors since the last e2fsck${last}`,
        "unmount it and run e2fsck -f",
        { holdsBack: true },
      ),
    );
  }
  if (deviceBytes !== null && blockCount * blockSize > deviceBytes) {
    findings.push(
      say(
        "larger-than-device",
        "loss",
        `the filesystem has ${blockCount * blockSize} bytes, more than its device with ${deviceBytes}: it is made again as large as the device`,
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
        { excepts: ["content.label"] },
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
        { excepts: [`${SUPERBLOCK}.mountOptions`] },
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

/** What mke2fs and tune2fs can't make as it is: a difference that verify states. */
function shapeFindings(superblock: ExtSuperblock, deviceBytes: number | null, say: Say): Finding[] {
  const { replaced, fields } = attainable(superblock, deviceBytes);
  if (replaced.length === 0) return [];
  return [
    say(
      "not-reproducible",
      "warning",
      `mke2fs and tune2fs can't make it exactly like this: ${replaced.join("; ")}`,
      "nothing depends on it in general",
      { excepts: fields.map((field) => `${SUPERBLOCK}.${field}`) },
    ),
  ];
}
