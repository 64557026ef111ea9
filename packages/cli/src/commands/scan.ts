import { type Finding, kinds, type Layout, type PlanWithFiles, renderTree, scan } from "@bmr/core";
import type { ChosenAdapter } from "../adapters.js";
import { composePlan } from "../compose.js";
import { EXIT } from "../exit.js";
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
}

/** Looks at a server, changes nothing on it, and prints what it found. With `out`, the recovery set is written there. */
export async function scanCommand(io: Io, request: ScanRequest): Promise<number> {
  const source = await openScanHost(request);
  const { layout } = await scan(source.host, { kinds });
  const composed = composePlan(layout, request.chosen, request.setDirectory);
  await source.finish(layout.machine);
  if (request.out !== undefined) {
    await writeSet(request.out, layout, composed);
    io.say(`the recovery set is in ${request.out}`);
  }
  io.out(request.json ? asJson(layout, composed) : renderTree(shown(layout, composed), { ascii: request.ascii }));
  return hasLoss(composed.plan.findings) ? EXIT.findings : EXIT.done;
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
