import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Capture, captureServer } from "../lab/capture.js";
import { command } from "../lab/command.js";
import { LabError } from "../lab/error.js";
import type { LabImage } from "../lab/image.js";
import { type JournalledStep, type JournalProof, proofOf } from "../lab/journal-proof.js";
import { type LunIdentity, lunFile } from "../lab/luns.js";
import { randomNumbers } from "../lab/random.js";
import { checkRestored, type RecoverySite, runRescue } from "../lab/recovery.js";
import { blankLuns } from "../lab/server.js";
import type { AttachedLun } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

/** Which steps are hit, and when in them. */
const seed = 20261122;
const killsInside = 10;
const powerCuts = 5;

/** A recovery that is ended at any moment, by SIGKILL or a power cut, goes on and comes to the same end. */
export const resume: VmScenario = {
  kind: "vm",
  name: "resume",
  summary:
    "killed at every step boundary and inside ten steps, five power cuts, a lost journal: the same end each time",
  quick: false,
  async run({ dir, image }) {
    const capture = await captureServer(image);
    const random = randomNumbers(seed);
    const site = (name: string): Promise<RecoverySite> => newSite(join(dir, name), image, capture);
    const boundaries = await killedAtBoundaries(await site("boundaries"));
    const inside = moments(boundaries.proof.steps, killsInside, random, (at) => `@${at % 2 === 0 ? "bmr" : "all"}`);
    const cuts = moments(boundaries.proof.steps, powerCuts, random, () => "");
    const [lost] = moments(
      boundaries.proof.steps.filter(({ id }) => id.startsWith("initramfs")),
      1,
      random,
      () => "@all",
    );
    return {
      report: [
        `seed ${seed}`,
        ...boundaries.report,
        ...(await killedInside(await site("inside"), inside)),
        ...(await powerLost(await site("power"), cuts)),
        ...(await journalLost(await site("lost"), `inside@${lost}`)),
      ],
    };
  },
};

async function newSite(dir: string, image: LabImage, capture: Capture): Promise<RecoverySite> {
  mkdirSync(dir);
  return { dir, image, capture, luns: [...(await blankLuns(dir))].reverse() };
}

async function killedAtBoundaries(
  site: RecoverySite,
): Promise<{ readonly proof: JournalProof; readonly report: readonly string[] }> {
  const run = await runRescue(site, "rescue", "resume-boundaries.sh", { timeoutSeconds: 7200 });
  const proof = proofOf(run);
  const missed = proof.steps.filter(({ id }) => !proof.killedAfter.includes(id)).map(({ id }) => id);
  if (missed.length > 0) throw new LabError(`not killed at the end of ${missed.join(", ")}`);
  const what = `killed at the end of each of ${proof.killedAfter.length} steps; no step that destroys ran after it was done`;
  return { proof, report: [what, ...(await restored(site))] };
}

async function killedInside(site: RecoverySite, at: readonly string[]): Promise<readonly string[]> {
  const script = "resume-inside.sh";
  const run = await runRescue(site, "rescue", script, {
    words: at.map((moment) => `inside@${moment}`),
    timeoutSeconds: 7200,
  });
  const { killedInside: count } = proofOf(run);
  if (count !== at.length) throw new LabError(`killed inside a step ${count} times instead of ${at.length}`);
  return [`killed inside ${at.map(titleOf).join(", ")}`, ...(await restored(site))];
}

async function powerLost(site: RecoverySite, at: readonly string[]): Promise<readonly string[]> {
  const disks = [await journalDisk(site.dir)];
  const boot = (name: string, moment: string) =>
    runRescue(site, name, "resume-cut.sh", { words: [journalLun.wwid, moment], disks, mayLosePower: true });
  for (const [index, moment] of at.entries()) await boot(`cut-${index + 1}`, `cut@${moment}`);
  const { killedInside: count } = proofOf(await boot("last", "never"));
  if (count !== at.length) throw new LabError(`without power inside a step ${count} times instead of ${at.length}`);
  return [`without power inside ${at.map(titleOf).join(", ")}`, ...(await restored(site))];
}

async function journalLost(site: RecoverySite, moment: string): Promise<readonly string[]> {
  proofOf(await runRescue(site, "rescue", "resume-lost.sh", { words: [moment] }));
  return [`killed inside ${titleOf(moment)}, the journal lost: refused, then begun anew`, ...(await restored(site))];
}

async function restored(site: RecoverySite): Promise<readonly string[]> {
  return (await checkRestored(site)).map((line) => `  ${line}`);
}

/** `STEP@MILLISECONDS` and a tail, for steps that last long enough to be hit, in the order in which they were done. */
function moments(
  steps: readonly JournalledStep[],
  count: number,
  random: () => number,
  tail: (at: number) => string,
): readonly string[] {
  const long = steps.filter(({ id, seconds }) => seconds >= 0.2 && !id.startsWith("let-go:"));
  const chosen = new Set<JournalledStep>();
  while (chosen.size < Math.min(count, long.length))
    chosen.add(long[Math.floor(random() * long.length)] as JournalledStep);
  return long
    .filter((step) => chosen.has(step))
    .map(({ id, seconds }, at) => `${id}@${Math.round(seconds * 1000 * (0.1 + 0.7 * random()))}${tail(at)}`);
}

function titleOf(moment: string): string {
  return moment
    .replace(/^inside@/, "")
    .replace(/@(\d+)(?:@(\w+))?$/, (_, ms, whom) => ` (after ${ms} ms${whom ? `, ${whom}` : ""})`);
}

/** A disk that is none of the server's: the journal outlives a power cut there. */
const journalLun: LunIdentity = {
  wwn: "0x5000c500a0000009",
  wwid: "35000c500a0000009",
  serial: "LAB0009",
  alias: "",
  size: 256 * 2 ** 20,
};

async function journalDisk(dir: string): Promise<AttachedLun> {
  const file = lunFile(dir, journalLun);
  await command(["qemu-img", "create", "-q", "-f", "qcow2", file, String(journalLun.size)], join(dir, "qemu-img.txt"));
  return { identity: journalLun, file };
}
