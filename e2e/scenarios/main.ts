import { statSync } from "node:fs";
import { captureServer } from "../lab/capture.js";
import { luns as serverLuns } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { checkRestored, type RecoverySite, recoverySteps, runRescue } from "../lab/recovery.js";
import { blankLuns } from "../lab/server.js";
import type { VmScenario } from "./scenario.js";

/** The whole way: a server is scanned and backed up, loses its disks, is rebuilt on blank ones and boots again. */
export const main: VmScenario = {
  kind: "vm",
  name: "main",
  summary: "a server on two multipathed LUNs loses its disks, is recovered onto blank ones, boots and is the same",
  quick: true,
  async run({ dir, image }) {
    const capture = await captureServer(image);
    // the new disks come up in another order: no name, no SCSI address is what it was
    const luns = [...(await blankLuns(dir))].reverse();
    const site: RecoverySite = { dir, image, capture, luns };
    const rescue = await runRescue(site, "rescue", "recover.sh");
    const report = await checkRestored(site);
    return {
      report: [
        `lost: ${Object.values(serverLuns)
          .map(({ wwid, size }) => `LUN ${wwid} (${size / 2 ** 30} GiB)`)
          .join(", ")}`,
        `backup: ${Math.round(statSync(capture.backup).size / 2 ** 20)} MiB`,
        `rescue system to power-off: ${clock(rescue.milliseconds)}`,
        ...recoverySteps(rescue).map((line) => `  ${line}`),
        ...report,
      ],
    };
  },
};
