/**
 * Measures one run from an evidence file to the plan's bytes: `measure.ts LUNS FILE` prints one line of JSON. A result
 * that isn't the whole server, with nothing lost, is an error.
 */
import {
  buildPlan,
  kinds,
  type Layout,
  type Plan,
  type ProbeHost,
  readEvidenceFile,
  replayHost,
  scan,
} from "@bmr/core";

measure(process.argv.slice(2)).then(console.log);

async function measure([luns, file]: readonly string[]): Promise<string> {
  if (luns === undefined || file === undefined) throw new Error("measure.ts LUNS FILE");
  const asked = new Set<string>();
  const start = performance.now();
  const host = counting(replayHost(await readEvidenceFile(file)), asked);
  const { layout } = await scan(host, { kinds });
  const { plan } = buildPlan(layout, kinds);
  const bytes = Buffer.from(JSON.stringify(plan));
  const seconds = (performance.now() - start) / 1000;
  // in kilobytes, by getrusage(2) on Linux
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  verify(layout, plan, Number(luns));
  return JSON.stringify({ luns: Number(luns), seconds, peakBytes, processes: asked.size, planBytes: bytes.length });
}

/** The same host, with the programs counted that a scan of the machine would start. */
function counting(inner: ProbeHost, asked: Set<string>): ProbeHost {
  return {
    ...inner,
    run: async (argv, options) => {
      const result = await inner.run(argv, options);
      if (result.outcome.is !== "missing") asked.add(argv.join("\0"));
      return result;
    },
  };
}

function verify(layout: Layout, plan: Plan, count: number): void {
  const roles = (role: string) => layout.nodes.filter((node) => node.role === role);
  const volumes = roles("volume").filter((node) => node.role === "volume" && node.content.is === "filesystem");
  const steps = (verb: string) => plan.steps.filter(({ id }) => id.startsWith(`${verb}:`)).length;
  const found: Record<string, readonly [found: number, expected: number]> = {
    LUNs: [roles("map").length, count],
    paths: [layout.edges.filter(({ as }) => as === "path").length, 4 * count],
    "physical volumes": [layout.edges.filter(({ as }) => as === "pv").length, count],
    "volume groups": [roles("group").length, count / 4],
    "filesystems on volumes": [volumes.length, count / 2],
    "partitions of LUNs": [roles("partition").length, count / 4 + 2],
    mounts: [layout.mounts.filter(({ type }) => type === "ext4").length, count / 2 + 1],
    "steps that make a physical volume": [steps("pv"), count],
    "steps that restore a volume group": [steps("vg"), count / 4],
    "steps that make a filesystem": [steps("make-ext"), count / 2 + 1],
    "steps that mount one": [steps("mount"), count / 2 + 1],
  };
  const wrong = Object.entries(found).filter(([, [is, expected]]) => is !== expected);
  const losses = plan.findings.filter(({ severity }) => severity !== "note");
  if (wrong.length === 0 && losses.length === 0) return;
  for (const [what, [is, expected]] of wrong) console.error(`${is} ${what} were found, and not ${expected}`);
  for (const { code, message } of losses.slice(0, 5)) console.error(`${code}: ${message}`);
  throw new Error(`the plan isn't that of ${count} LUNs: ${wrong.length} counts are wrong, ${losses.length} findings`);
}
