import {
  type ActionHost,
  BmrError,
  type MissingTool,
  type Mode,
  memoryBelow,
  missingTools,
  type Plan,
  type ProbeHost,
  type Problem,
} from "@bmr/core";
import type { Io } from "../io.js";
import type { RecoveryRequest } from "../recovery-request.js";

/**
 * Before anything else: a plan that says that something of the server won't come back is carried out only by someone
 * who has said that he knows.
 *
 * @throws BmrError `guard-refused`
 */
export function checkFindings(plan: Plan, request: RecoveryRequest): void {
  const losses = plan.findings.filter((finding) => finding.severity === "loss");
  const erases = request.mode === "diskinit" || request.mode === "recover";
  if (!erases || losses.length === 0 || request.acceptFindings || request.dryRun) return;
  const list = losses.map((finding) => `  ${finding.code}: ${finding.message}`).join("\n");
  throw new BmrError(
    "guard-refused",
    `not all of ${plan.machine.hostname} comes back:\n${list}\n--accept-findings goes on all the same. Nothing was done.`,
    { details: { findings: losses } },
  );
}

/**
 * The tools that the plan runs here are there, and know what is asked of them: for a mode that rebuilds or restores.
 *
 * @throws BmrError `tool-missing`
 */
export async function checkTools(host: ProbeHost, plan: Plan, mode: Mode): Promise<void> {
  if (mode === "umount" || mode === "boot") return;
  const missing = await missingTools(host, plan.tools);
  if (missing.length === 0) return;
  throw new BmrError("tool-missing", `${missing.map(describeMissing).join("; ")}. Nothing was done.`, {
    details: { missing },
  });
}

function describeMissing({ tool, option, package: name }: MissingTool): string {
  return option === null
    ? `${tool} is not installed here (Debian: ${name})`
    : `${tool} here doesn't know ${option}: a newer ${name} is needed`;
}

/** A clock that stands before the recovery set was written is wrong. Nothing depends on it but the times of new files. */
export function warnOfClock(io: Io, written: string): void {
  const now = new Date().toISOString();
  if (now >= written) return;
  io.say(
    `the clock here says ${now}, and the recovery set was written at ${written}: bmr doesn't depend on it, but what is made now (initramfs, boot loader, the log) gets its time; date --set sets it`,
  );
}

/** A journal in memory helps against a kill, and not against a power failure. */
export async function warnOfMemory(io: Io, host: ActionHost, directory: string): Promise<void> {
  const memory = await memoryBelow(host, directory);
  if (memory === null) return;
  io.say(
    `the journal ${directory} is in memory (${memory}): it outlives this program, and no power cut; --journal DIR`,
  );
}

/** All problems of all disks at once, each with what solves it. */
export function tellProblems(io: Io, problems: readonly Problem[]): void {
  io.say(
    `refused, and nothing was written to any disk; ${problems.length} problem${problems.length === 1 ? "" : "s"}:`,
  );
  for (const problem of problems) {
    io.say(`  ${problem.code}  ${problem.node ?? problem.device ?? ""}`);
    io.say(`    ${problem.message}`);
    io.say(`    -> ${problem.remedy}`);
  }
}
