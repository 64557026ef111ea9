import { captureServer } from "../lab/capture.js";
import { checkRestored, journalOf, type RecoverySite, runRescue } from "../lab/recovery.js";
import { blankLuns } from "../lab/server.js";
import type { VmScenario } from "./scenario.js";

/** A recovery that is killed in the middle of diskinit and again in the middle of the restore goes on and ends the same. */
export const killed: VmScenario = {
  kind: "vm",
  name: "killed",
  summary: "a recovery killed in diskinit and in the restore, and then a reboot: it resumes and ends the same",
  quick: true,
  async run({ dir, image }) {
    const capture = await captureServer(image);
    const site: RecoverySite = { dir, image, capture, luns: [...(await blankLuns(dir))].reverse() };
    const first = await runRescue(site, "rescue-killed", "recover-killed.sh");
    await runRescue(site, "rescue-resumed", "recover-resumed.sh", { journal: journalOf(first) });
    return { report: ["killed twice, resumed after a reboot of the rescue system", ...(await checkRestored(site))] };
  },
};
