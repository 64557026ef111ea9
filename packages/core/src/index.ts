/**
 * `@bmr/core`: typed storage probes, the layout of a server, the plan that rebuilds it, and its execution.
 *
 * @module
 */
export * from "./adapter/adapter.js";
export * from "./adapter/capabilities.js";
export * from "./adapter/event.js";
export { type BackupReport, runBackup } from "./adapter/run-backup.js";
export { runTask, type TaskReport, type TaskSurroundings } from "./adapter/run-task.js";
export * from "./adapter/scope.js";
export { BmrError, type BmrErrorCode } from "./error.js";
export { bytesOf, isCleanText, textOf } from "./host/bytes.js";
export type {
  CommandRecord,
  Evidence,
  EvidenceHost,
  FileContent,
  FileRecord,
  LinkRecord,
  PathState,
  Provenance,
} from "./host/evidence.js";
export { readEvidence, writeEvidence } from "./host/evidence-file.js";
export type {
  ActionHost,
  ExecRequest,
  ExecWatcher,
  LinkResult,
  ListResult,
  ProbeHost,
  ReadOptions,
  ReadResult,
  RunOptions,
  WriteOptions,
} from "./host/host.js";
export { type LocalHostOptions, localHost } from "./host/local.js";
export { localActionHost } from "./host/local-action.js";
export { askOnce } from "./host/once.js";
export {
  type Argv,
  type CommandResult,
  describeOutcome,
  type Outcome as RunOutcome,
  succeeded,
} from "./host/outcome.js";
export { failedCommand, known, type Parsed, type Probed, type ProbeFailure, unexpected } from "./host/probed.js";
export { readEvidenceFile } from "./host/read-evidence-file.js";
export { type Recording, recordingHost } from "./host/recording.js";
export { replayHost } from "./host/replay.js";
export * from "./kinds/boot/index.js";
export * from "./kinds/dasd/index.js";
export * from "./kinds/disk/index.js";
export * from "./kinds/ext/index.js";
export { kinds } from "./kinds/index.js";
export { defineKind, type Kind } from "./kinds/kind.js";
export * from "./kinds/lvm/index.js";
export * from "./kinds/mount/index.js";
export * from "./kinds/multipath/index.js";
export * from "./kinds/partition-table/index.js";
export * from "./kinds/swap/index.js";
export * from "./kinds/vfat/index.js";
export * from "./layout/assemble.js";
export * from "./layout/compare.js";
export type { Difference } from "./layout/compare-fields.js";
export type { Draft, NewBlockNode, WithoutContent } from "./layout/draft.js";
export { drift } from "./layout/drift.js";
export * from "./layout/fields.js";
export * from "./layout/finding.js";
export { type FittedLayout, fitLayout } from "./layout/fit.js";
export * from "./layout/fit-source.js";
export * from "./layout/identity.js";
export * from "./layout/ids.js";
export * from "./layout/inventory.js";
export * from "./layout/layout.js";
export { LayoutSchema } from "./layout/layout-schema.js";
export { type Loss, lossesAgainst } from "./layout/losses.js";
export { readMachine } from "./layout/machine.js";
export { type Mounted, type MountinfoLine, parseMountinfo, parseMounts } from "./layout/mountinfo.js";
export { type NetworkDevice, networkFindings } from "./layout/network.js";
export * from "./layout/node-source.js";
export { type ActiveSwap, parseSwaps } from "./layout/proc-swaps.js";
export * from "./layout/read-inventory.js";
export { rebuiltNodes } from "./layout/rebuilt.js";
export { type Correspondence, retarget } from "./layout/retarget.js";
export { UDEV_PROPERTIES, type UdevProperties, type UdevProperty } from "./layout/udev-db.js";
export * from "./plan/arg.js";
export { buildPlan, digest } from "./plan/build.js";
export { type FittedPlan, type PlanFitter, planFitter } from "./plan/fit-plan.js";
export * from "./plan/judge.js";
export { order } from "./plan/order.js";
export * from "./plan/part.js";
export * from "./plan/plan.js";
export { PlanSchema } from "./plan/plan-schema.js";
export { FIX_REFERENCES } from "./plan/references.js";
export * from "./plan/step.js";
export * from "./plan/step-source.js";
export * from "./recovery-set/index.js";
export type { DiskName } from "./references/disk-name.js";
export type { ReferenceFiles, ReferenceSource, References, Rewrite } from "./references/reference-source.js";
export type { OpenName, Rename, Renames } from "./references/renames.js";
export * from "./render/commands.js";
export { renderFieldTables } from "./render/field-table.js";
export { renderPicture } from "./render/picture.js";
export { quotePosix } from "./render/quote.js";
export { humanBytes, printable, quoted } from "./render/text.js";
export * from "./render/tree.js";
export * from "./rescue/index.js";
export { type Scan, type ScanOptions, scan } from "./scan.js";
