import {
  type AdapterContext,
  backupScope,
  buildPlan,
  type Finding,
  kinds,
  type Layout,
  type LeftOut,
  type PlanWithFiles,
} from "@bmr/core";
import type { ChosenAdapter } from "./adapters.js";
import { refuseSecrets } from "./secrets.js";

/** What an adapter plans this server by. */
export function adapterContext(
  layout: Layout,
  chosen: ChosenAdapter,
  setDirectory: string,
  leftOut: readonly LeftOut[] = [],
): AdapterContext<unknown> {
  return { options: chosen.options, layout, scope: backupScope(layout, leftOut), setDirectory };
}

/** The plan of a server: its storage by all kinds, and the restore by the adapter where one is chosen. */
export function composePlan(layout: Layout, chosen: ChosenAdapter | undefined, setDirectory: string): PlanWithFiles {
  if (chosen === undefined) return buildPlan(layout, kinds, [{ findings: [noAdapter()] }]);
  const context = adapterContext(layout, chosen, setDirectory);
  const tools = chosen.adapter.requiredTools(chosen.options, "restore");
  const restore = chosen.adapter.planRestore(context);
  const made = buildPlan(layout, kinds, [{ findings: context.scope.findings, tools }, restore]);
  refuseSecrets(chosen.adapter.name, chosen.options, made);
  return made;
}

function noAdapter(): Finding {
  return {
    code: "plan/no-adapter",
    severity: "note",
    message: "no backup adapter is chosen: the plan rebuilds disks and boot loader, and doesn't restore files",
    remedy: 'choose one by --adapter or by "adapter" in /etc/bmr.json, or restore the files by hand before boot',
  };
}
