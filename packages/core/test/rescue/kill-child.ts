/** Runs a rebuild in a lab and kills itself, as hard as can be, at its nth event. Started by kill.test.ts. */
import { makeRebuildLab, rebuild } from "./rebuild-lab.js";

const [root, killAt] = process.argv.slice(2) as [string, string];
let events = 0;
const report = await rebuild(makeRebuildLab(root), {
  onEvent: () => {
    if (++events === Number(killAt)) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(report.is);
