import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { captureServer } from "../lab/capture.js";
import { type LabImage, labImage, type Release } from "../lab/image.js";
import type { LunIdentity } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { checkRestored, type RecoverySite, runRescue } from "../lab/recovery.js";
import { blankLun, blankLuns } from "../lab/server.js";
import { runVm, type VmRun } from "../lab/vm.js";
import type { ScenarioContext, VmScenario } from "./scenario.js";

/** Newer than the lab's server, and older. */
const [newer, older]: readonly [Release, Release] = ["trixie", "bullseye"];

/** Clocks that stand before everything that is restored, and after it. */
const [before, after] = ["2009-02-13T23:31:30", "2031-05-06T07:08:09"];

/** The LUN of another server, which is as new as the newer rescue system. */
const newerLun: LunIdentity = {
  wwn: "0x5000c500a0000009",
  wwid: "35000c500a0000009",
  serial: "LAB0009",
  alias: "",
  size: 64 * 2 ** 20,
};

/** What a rescue system brings along, its tools, their defaults and its clock, leaves no trace in what it rebuilds. */
export const otherRescue: VmScenario = {
  kind: "vm",
  name: "other-rescue",
  summary: "rescue systems of a newer and an older Debian with clocks years off, the files once restored by hand",
  quick: false,
  async run(context) {
    const { dir, image } = context;
    const capture = await captureServer(image);
    const images = { newer: await labImage(newer), older: await labImage(older) };
    const set = await newerSet(context, images.newer);

    const first: RecoverySite = { dir, image, capture, luns: [...(await blankLuns(dir))].reverse() };
    const recovered = await runRescue({ ...first, image: images.newer }, "rescue-newer", "other-release-recover.sh", {
      clock: before,
    });
    const report = [...described(recovered), ...(await checkRestored(first, "restored-by-newer"))];

    const blank = await blankLun(dir, newerLun);
    const second: RecoverySite = { ...first, luns: await blankLuns(dir) };
    const byHand = await runRescue(
      { ...second, image: images.older, luns: [...second.luns, blank] },
      "rescue-older",
      "other-release-by-hand.sh",
      { words: [newerLun.wwid], clock: after, folders: { newer: set } },
    );
    return {
      report: [
        ...report,
        ...described(byHand),
        "  a filesystem with a feature that its mke2fs lacks was refused by name, with nothing written",
        "  diskinit, mount, the files by hand, boot, umount",
        ...(await checkRestored(second, "restored-by-older")),
      ],
    };
  },
};

/** The recovery set of a server with a filesystem of the newer release's making. */
async function newerSet({ dir }: ScenarioContext, image: LabImage): Promise<string> {
  const { share } = await runVm({
    name: "newer-server",
    dir,
    image,
    boot: { from: "rescue", multipath: true },
    luns: [await blankLun(dir, newerLun)],
    script: ["other-release-newer.sh", newerLun.wwid],
    inputs: { "bmr.cjs": await buildBundle() },
    timeoutSeconds: 1800,
  });
  return join(share, "set");
}

/** What a rescue system says of itself, and how long it took. */
function described(run: VmRun): readonly string[] {
  const out = readFileSync(join(run.share, "out.txt"), "utf8");
  const lines = [...out.matchAll(/^RESCUE (.*)$/gm)].map(([, line]) => `${line}`);
  return [`${lines[0]}: power-off after ${clock(run.milliseconds)}`, ...lines.slice(1).map((line) => `  ${line}`)];
}
