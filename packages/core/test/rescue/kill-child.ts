/** Runs a rebuild in a lab and kills itself, as hard as can be, at its nth event. Started by kill.test.ts. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeRebuildLab, rebuild } from "./rebuild-lab.js";

const [root, killAt] = process.argv.slice(2) as [string, string];
let events = 0;
const own = join(root, "plan.json");
const report = await rebuild(makeRebuildLab(root), {
  ...(existsSync(own) ? { plan: JSON.parse(readFileSync(own, "utf8")) } : {}),
  onEvent: () => {
    if (++events === Number(killAt)) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(report.is);
