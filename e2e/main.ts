import { parseArgs } from "node:util";
import { installPackages } from "./lab/debian.js";
import { runScenario } from "./lab/run-scenario.js";
import { becomeRoot, exitOnSignals, isCi, isRoot } from "./lab/session.js";
import { scenarios } from "./scenarios/index.js";
import type { Scenario } from "./scenarios/scenario.js";

const usage = "usage: pnpm e2e [--force] [ci | all | NAME...]";

function choose(words: readonly string[]): readonly Scenario[] {
  const unknown = words.filter(
    (word) => word !== "ci" && word !== "all" && !scenarios.some(({ name }) => name === word),
  );
  if (unknown.length > 0) {
    process.stderr.write(`no such scenario: ${unknown.join(" ")}\n${usage}\n`);
    process.exit(2);
  }
  return scenarios.filter(
    ({ name, quick }) => words.includes(name) || words.includes("all") || (words.includes("ci") && quick),
  );
}

function list(): void {
  process.stdout.write(`${usage}\n\n`);
  for (const { name, summary, quick } of scenarios) {
    process.stdout.write(`  ${name.padEnd(12)} ${quick ? "ci" : "  "}  ${summary}\n`);
  }
}

const { values, positionals } = parseArgs({ options: { force: { type: "boolean" } }, allowPositionals: true });
if (positionals.length === 0) list();
else {
  const chosen = choose(positionals);
  if (!isRoot()) {
    if (!isCi()) {
      process.stderr.write("The VM lab must run as root (it builds a Debian tree and keeps owners on its shares).\n");
      process.exit(2);
    }
    becomeRoot();
  }
  exitOnSignals();
  await installPackages();
  let failed = 0;
  for (const scenario of chosen) {
    const verdict = await runScenario(scenario, values.force === true);
    if (!verdict.passed) failed++;
  }
  process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
