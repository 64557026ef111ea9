import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../lab/cache.js";
import { type Capture, captureServer } from "../lab/capture.js";
import type { LabImage } from "../lab/image.js";
import { luns } from "../lab/luns.js";
import { checkRestored, type RecoverySite, runRescue } from "../lab/recovery.js";
import { cloneLuns, installedServer } from "../lab/server.js";
import type { VmScenario } from "./scenario.js";

/** The normal case: the server is broken, and its LUNs are all there. */
export const overOld: VmScenario = {
  kind: "vm",
  name: "over-old",
  summary:
    "a recovery over the LUNs of the broken server, which the rescue system has started; once with a shifted table",
  quick: false,
  async run({ dir, image }) {
    const lost = { image, capture: await captureServer(image), server: await installedServer(image) };
    const started = await site(join(dir, "started"), lost);
    await runRescue(started, "rescue", "over-old.sh", { systemd: true });
    const first = await checkRestored(started);
    const shifted = await site(join(dir, "shifted"), lost);
    const words = [luns.system.wwid, luns.data.wwid];
    await runRescue(shifted, "rescue", "over-shifted.sh", { systemd: true, words });
    const second = await checkRestored(shifted);
    return {
      report: [
        "a rescue system with systemd had started the old volume group over single paths: let go of, erased, rebuilt",
        ...first,
        "partitions shifted by 1 MiB: what the recorded table brought back was erased before anything started it",
        ...second,
      ],
    };
  },
};

/** The lost server, and what it left behind. */
interface Lost {
  readonly image: LabImage;
  readonly capture: Capture;
  readonly server: Artifact;
}

/** The lost server's own disks, as they were. */
async function site(dir: string, { image, capture, server }: Lost): Promise<RecoverySite> {
  mkdirSync(dir, { recursive: true });
  return { dir, image, capture, luns: await cloneLuns(server, dir) };
}
