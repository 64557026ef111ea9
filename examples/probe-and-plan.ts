/** Asks this machine for its swap areas, and for the plan that would rebuild its storage. Changes nothing. */
import { buildPlan, describeContent, kinds, localHost, probeMounts, renderBmrCommands, scan } from "@bmr/core";

const host = localHost();

const mounts = await probeMounts(host);
if (mounts.is === "unknown") {
  console.error(`mounts: ${mounts.failure.message}`);
} else {
  console.log(`fstab and the kernel were read: ${Object.keys(mounts.facts).join(", ")}`);
}

const { layout } = await scan(host, { kinds });
for (const node of layout.nodes) {
  if (node.role !== "group") console.log(`${node.id}: ${describeContent(node.content)}`);
}

const { plan } = buildPlan(layout, kinds);
console.log(`${plan.steps.length} steps, ${plan.findings.length} findings`);
console.log(renderBmrCommands(plan));
