export {
  type ActivateOptions,
  activate,
  activationSteps,
  runUnbound,
  type UnboundOptions,
  unboundPlan,
} from "./activate.js";
export type { BoundBy, VolumeMatch } from "./bind-disks.js";
export type { BoundAction, BoundCommand, UnboundAction } from "./bound-action.js";
export { type BoundDisk, type BoundPlan, bindingDigest, type Surroundings } from "./bound-plan.js";
export { canonicalPath } from "./canonical-path.js";
export { type CheckResult, evaluate } from "./check.js";
export { type Clearing, type ClearOptions, clearWay } from "./clear-way.js";
export { confirmationWord, type Erasure, erasuresOf } from "./confirm.js";
export type { DeviceUse } from "./device-use.js";
export type { DiskState } from "./disk-state.js";
export { type DryRunOptions, type DryStep, dryRun, shellText } from "./dry-run.js";
export type { RunEvent, RunListener } from "./events.js";
export { execute, type RunReport } from "./execute.js";
export { type Begun, begunDisks, type History, historyOf } from "./history.js";
export { type AutoActivation, endHoldOff, holdOffStep, readAutoActivation } from "./hold-off.js";
export { JOURNAL_FILE, type Journal, openJournal, readJournal } from "./journal.js";
export { memoryBelow } from "./journal-place.js";
export type { EndRecord, JournalRecord, RunRecord, StepRecord } from "./journal-record.js";
export { keepLog } from "./keep-log.js";
export type { Kept, KeptAs, KeptPath } from "./kept.js";
export { type LastUseSource, lastUses } from "./last-use.js";
export { type LayoutHere, layoutHere } from "./layout-here.js";
export type { Locator } from "./locators.js";
export { LOCK_FILE, type Lock, takeLock } from "./lock.js";
export { type MapFile, readMapFile } from "./map-file.js";
export type { MapPaths } from "./map-paths.js";
export type { MappingEntry } from "./mapping.js";
export { type ExistingPolicies, type ExistingPolicy, type Mode, REFUSE_ALL } from "./mode.js";
export { isChosen, stepsOf, stepsToRun } from "./modes.js";
export { type SaveOldLogs, saveOldLogs } from "./old-logs.js";
export { stepsBefore } from "./passed.js";
export type { Problem, ProblemCode } from "./problem.js";
export { type RecoverOptions, recover, type Verification } from "./recover.js";
export { letGoSteps } from "./release.js";
export { type Renaming, renamingOfMapped } from "./renaming.js";
export {
  type Candidate,
  type RescueFacts,
  type RescueFactsOptions,
  readRescueFacts,
} from "./rescue-facts.js";
export { type Resolution, type ResolveOptions, resolve } from "./resolve.js";
export { type FittedResolution, type ResolveFittedOptions, resolveFitted } from "./resolve-fitted.js";
export type { ExecuteOptions, StepReport } from "./run.js";
export { openRunLog, RUN_LOG_FILE, type RunLog } from "./run-log.js";
export type { Seal } from "./seal.js";
export { type StepLabel, stepLabels, stepNamed } from "./step-labels.js";
export { type Rejected, type SizeFit, type Suggestion, suggestMapping } from "./suggest-mapping.js";
export { createTally, type Tally } from "./tally.js";
export { type MissingTool, missingTools } from "./tools.js";
export { writeMapFile } from "./write-map-file.js";
