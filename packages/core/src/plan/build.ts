import { createHash } from "node:crypto";
import type { Layout } from "../layout/layout.js";
import type { ReferenceSource } from "../references/reference-source.js";
import { order } from "./order.js";
import type { PlanPart } from "./part.js";
import type { PlanWithFiles } from "./plan.js";
import { afterReferences, referencePart } from "./references.js";
import type { StepSource } from "./step-source.js";
import { withTimeLimits } from "./time-limits.js";

/**
 * The plan that rebuilds a layout. Pure and deterministic: the same layout gives the same bytes.
 *
 * @param parts what comes from elsewhere than a kind: the adapter's restore
 * @throws BmrError `plan-cycle`, `plan-incomplete`
 */
export function buildPlan(
  layout: Layout,
  sources: readonly (StepSource & ReferenceSource)[],
  parts: readonly PlanPart[] = [],
): PlanWithFiles {
  const others = [...sources.map((source) => source.steps?.(layout) ?? {}), ...parts];
  const all = withReferences(layout, sources, others);
  const gather = <K extends keyof PlanPart>(key: K): NonNullable<PlanPart[K]>[number][] =>
    all.flatMap((part) => (part[key] ?? []) as NonNullable<PlanPart[K]>[number][]);
  const plan = {
    format: "bmr-plan",
    version: 1,
    machine: layout.machine,
    layoutDigest: digest(layout),
    disks: gather("disks"),
    devices: gather("devices"),
    tools: mergeTools(gather("tools")),
    params: gather("params"),
    steps: order(gather("steps")).map(withTimeLimits),
    findings: [...layout.findings, ...gather("findings")],
  } as const;
  return { plan, files: gather("files") };
}

/** With the steps that see to the names of disks in the restored system, where there is one to see to. */
function withReferences(
  layout: Layout,
  sources: readonly ReferenceSource[],
  parts: readonly PlanPart[],
): readonly PlanPart[] {
  const references = referencePart(
    layout,
    sources,
    parts.flatMap(({ steps }) => steps ?? []),
  );
  if (references.steps === undefined) return parts;
  return [references, ...parts.map((part) => ({ ...part, steps: (part.steps ?? []).map(afterReferences) }))];
}

/** sha256 of a value's JSON, as hex digits. */
export function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** One entry for a tool in one place, with all options that are asked of it. */
function mergeTools(tools: readonly NonNullable<PlanPart["tools"]>[number][]): NonNullable<PlanPart["tools"]> {
  const merged = new Map<string, NonNullable<PlanPart["tools"]>[number]>();
  for (const tool of tools) {
    const key = `${tool.where} ${tool.tool}`;
    const first = merged.get(key);
    if (first === undefined) {
      merged.set(key, tool);
      continue;
    }
    const options = new Map([...(first.options ?? []), ...(tool.options ?? [])].map((o) => [o.option, o]));
    merged.set(key, options.size === 0 ? first : { ...first, options: [...options.values()] });
  }
  return [...merged.values()];
}
