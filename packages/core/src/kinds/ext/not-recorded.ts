import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { BlockNode, Content } from "../../layout/layout.js";
import type { PlannedCommand } from "../../plan/step.js";
import type { ExtDetail } from "./detail.js";
import { isPlainText } from "./plain-text.js";

type Row = readonly [isUnknown: boolean, what: string, field: string];

/** Says what a rebuild has to take from mke2fs's defaults since it wasn't recorded. */
export function missingRecords(
  { superblock, rootDirectory, orphanFileBytes, strictEncoding }: ExtDetail,
  node: BlockNode,
): Finding[] {
  const finding = (severity: "loss" | "warning", what: string, fields: readonly string[]): Finding => ({
    code: "ext/not-recorded",
    severity,
    node: node.id,
    message: `${node.id} (${node.name}): ${what}`,
    remedy: "scan the running server again, as root and with e2fsprogs installed",
    excepts: fields.map((field) => ({ node: node.id, field: `content.detail.${field}` })),
  });
  if (superblock === null) {
    return [
      finding(
        "loss",
        "none of its settings were recorded (features, block and inode size, number of inodes, reserved blocks, journal, mount options …); it is made with the defaults of the rescue system's mke2fs",
        ["superblock", "rootDirectory", "orphanFileBytes", "strictEncoding"],
      ),
    ];
  }
  const { features, journal } = superblock;
  const has = (feature: string) => features.includes(feature);
  const isJournal = has("journal_dev");
  const rows: readonly Row[] = [
    [
      rootDirectory === null && !isJournal,
      "owner and mode of its root directory (made root:root, 755)",
      "rootDirectory",
    ],
    [orphanFileBytes === null && has("orphan_file"), "size of the orphan file (mke2fs's own)", "orphanFileBytes"],
    [strictEncoding === null && has("casefold"), "strictness of its encoding (made not strict)", "strictEncoding"],
    [
      journal !== null && journal.inode !== null && journal.bytes === null,
      "size of its journal (mke2fs's own)",
      "superblock.journal.bytes",
    ],
  ];
  const unknown = rows.filter(([isUnknown]) => isUnknown);
  if (unknown.length === 0) return [];
  const names = unknown.map(([, what]) => what).join(", ");
  return [
    finding(
      "warning",
      `not recorded: ${names}`,
      unknown.map(([, , field]) => field),
    ),
  ];
}

/** All that can be done without a superblock: its type, its UUID and its label. */
export function unrecordedCommand(
  { type, uuid, label }: Extract<Content, { is: "filesystem" }>,
  node: NodeId,
): PlannedCommand {
  return {
    // here mke2fs.conf is wanted: it knows what an ext3 or ext4 usually is
    env: { E2FSPROGS_UNDO_DIR: "none" },
    argv: [
      "mke2fs",
      "-q",
      "-F",
      ...(type === "jbd" ? ["-O", "journal_dev"] : ["-t", type === "ext4dev" ? "ext4" : type]),
      ...(uuid === null ? [] : ["-U", uuid]),
      ...(label !== null && isPlainText(label) ? ["-L", label] : []),
      { device: node },
    ],
  };
}
