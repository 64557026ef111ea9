import { type ActionHost, type Finding, kinds, type Layout, type PlanWithFiles, renderTree, scan } from "@bmr/core";
import type { ChosenAdapter } from "../adapters.js";
import { composePlan } from "../compose.js";
import { EXIT } from "../exit.js";
import { heldBack, type Reasons, reasonsToHoldBack } from "../held-back.js";
import type { Io } from "../io.js";
import { writeSet } from "../recovery-set.js";
import { openScanHost } from "../scan-host.js";

/** What `bmr scan` was asked. */
export interface ScanRequest {
  readonly evidence?: string | undefined;
  readonly record?: string | undefined;
  readonly out?: string | undefined;
  readonly json: boolean;
  readonly ascii: boolean;
  readonly chosen: ChosenAdapter | undefined;
  /** Where the recovery set lies on the server itself. */
  readonly setDirectory: string;
  readonly trust: string | undefined;
  readonly signingKey: string | undefined;
  /** The set is written though something was lost, or is damaged. */
  readonly acceptLoss: boolean;
}

/**
 * Looks at a server, changes nothing on it, and prints what it found. With `out`, the recovery set is written there,
 * unless it would take the place of a better one.
 *
 * @throws BmrError `set-held-back`, after all was printed
 */
export async function scanCommand(io: Io, host: ActionHost, request: ScanRequest): Promise<number> {
  const source = await openScanHost(host, request);
  const { layout } = await scan(source.host, { kinds });
  const composed = composePlan(layout, request.chosen, request.setDirectory);
  await source.finish(layout.machine);
  const reasons = await keepSet(io, host, request, { layout, composed });
  io.out(request.json ? asJson(layout, composed) : renderTree(shown(layout, composed), { ascii: request.ascii }));
  if (reasons.length > 0) throw heldBack(request.out as string, reasons, "The scan isn't written");
  return hasLoss(composed.plan.findings) ? EXIT.findings : EXIT.done;
}

/** Writes the set where one is wanted; gives the reasons where it isn't written. */
async function keepSet(
  io: Io,
  host: ActionHost,
  { out, trust, signingKey, acceptLoss }: ScanRequest,
  made: { readonly layout: Layout; readonly composed: PlanWithFiles },
): Promise<Reasons> {
  if (out === undefined) return [];
  const reasons = acceptLoss ? [] : await reasonsToHoldBack(io, { directory: out, trust }, made.layout);
  if (reasons.length > 0) return reasons;
  await writeSet(out, made.layout, made.composed, { host, key: signingKey });
  io.say(`the recovery set is in ${out}`);
  return [];
}

/** One document for programs. */
function asJson(layout: Layout, { plan }: PlanWithFiles): string {
  return `${JSON.stringify({ schemaVersion: 1, layout, plan, findings: plan.findings }, null, 2)}\n`;
}

/** The layout with the findings of the plan too, which hold those of the layout. */
function shown(layout: Layout, { plan }: PlanWithFiles): Layout {
  return { ...layout, findings: plan.findings };
}

/** True where something of the server won't come back. */
export function hasLoss(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "loss");
}
