import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "../lab/bundle.js";
import { command } from "../lab/command.js";
import { LabError } from "../lab/error.js";
import type { LunIdentity } from "../lab/luns.js";
import { clock } from "../lab/progress.js";
import { type AttachedLun, runVm, type VmRun, type VmSpec } from "../lab/vm.js";
import type { VmScenario } from "./scenario.js";

const MIB = 2 ** 20;

function lun(naa: string, serial: string, sizeMiB = 256): LunIdentity {
  return { wwn: `0x${naa}`, wwid: `3${naa}`, serial, alias: "", size: sizeMiB * MIB };
}

/** The recorded server's LUNs. */
const a = lun("5000c500a00000a1", "TRICK-A");
const b = lun("5000c500a00000b1", "TRICK-B");
/** A foreign disk of the same size and model, with a volume group of the rescue system's on it. */
const foreign = lun("5000c500a00000f1", "TRICK-F");
/** A disk with another volume group of the same name as the server's. */
const namesake = lun("5000c500a00000e1", "TRICK-N");
/** Firmware that was never given an identity. */
const zeros = [lun("3000000000000000", "TRICK-Z1"), lun("3000000000000000", "TRICK-Z2")] as const;
/** Copies of the server's LUNs. */
const copies = [lun("5000c500a00000a2", "TRICK-CA"), lun("5000c500a00000b2", "TRICK-CB")] as const;
/** Their partitions and volumes don't fit there. */
const smaller = [
  { ...b, size: 16 * MIB },
  { ...a, size: 128 * MIB },
] as const;
/** Another disk, which says that it is B. */
const impostor = { ...b, serial: "TRICK-X" };

/** A room full of disks, and everything that could go wrong with them. */
export const tricks: VmScenario = {
  kind: "vm",
  name: "tricks",
  summary:
    "missing, small, read-only, cloned, foreign, nameless, doubled, used disks; lost paths; nobody at the keyboard",
  quick: false,
  async run({ dir, image }) {
    const bundle = await buildBundle();
    const vm = (name: string, luns: readonly AttachedLun[], words: readonly string[], share?: string): VmSpec => ({
      ...{ name, dir, image, luns, paths: 4, script: [`tricks-${name}.sh`, ...words], inputs: { "bmr.cjs": bundle } },
      boot: { from: "rescue", multipath: true, hidden: true },
      ...(share === undefined
        ? {}
        : { folders: { "set-ab": join(share, "set-ab"), "set-zero": join(share, "set-zero") } }),
      timeoutSeconds: 3600,
    });
    const blank = (name: string, identity: LunIdentity) => blankDisk(dir, name, identity);
    const own = await Promise.all([blank("a", a), blank("b", b)]);
    const strangers = await Promise.all([blank("foreign", foreign), blank("namesake", namesake)]);
    const nameless = await Promise.all(zeros.map((identity, at) => blank(`zero-${at}`, identity)));
    const words = [a.wwid, b.wwid, foreign.wwid, namesake.wwid, zeros[0].wwid];
    const { share } = await runVm(vm("make", [...own, ...strangers, ...nameless], words));

    const cloned = own.map((disk, at) => copyDisk(dir, `copy-${at}`, disk, copies[at] as LunIdentity));
    const readOnly = { ...copyDisk(dir, "read-only", own[1] as AttachedLun, b), readOnly: true };
    const [tinyB, tinyA] = [await blank("tiny-b", smaller[0]), await blank("tiny-a", smaller[1])];
    const odd = [tinyB, readOnly, await blank("impostor", impostor), await rawDisk(dir, a), tinyA];
    const all = [...own, ...strangers, ...nameless, ...cloned, ...odd];
    const before = sums(all);
    const refused = await runVm(vm("refused", all, words, share));
    mustBeSame(before, sums(all), "while everything was refused");

    const [copyA, copyB] = cloned as [AttachedLun, AttachedLun];
    const beside = [copyB, copyA, strangers[0] as AttachedLun];
    const goesOn = await runVm(vm("goes-on", [...own].reverse().concat(beside), words.slice(0, 3), share));
    mustBeSame(before, sums(beside), "beside the disks that were rebuilt");
    return {
      report: [
        ...steps(refused),
        `not one byte of ${all.length} disk images was written meanwhile (sha256)`,
        ...steps(goesOn),
        "the copies beside and the foreign disk are untouched (sha256)",
      ],
    };
  },
};

function steps(run: VmRun): readonly string[] {
  return [
    ...run.steps.map(({ title, seconds }) => `  ${seconds.toFixed(0).padStart(4)} s  ${title}`),
    clock(run.milliseconds),
  ];
}

async function blankDisk(dir: string, name: string, identity: LunIdentity): Promise<AttachedLun> {
  const file = join(dir, `${name}.qcow2`);
  await command(["qemu-img", "create", "-q", "-f", "qcow2", file, String(identity.size)], join(dir, "qemu-img.txt"));
  return { identity, file };
}

function copyDisk(dir: string, name: string, of: AttachedLun, identity: LunIdentity): AttachedLun {
  const file = join(dir, `${name}.qcow2`);
  copyFileSync(of.file, file);
  return { identity, file };
}

/** Data that begins in the middle, as a database on a raw device has it, and nothing that blkid knows. */
async function rawDisk(dir: string, identity: LunIdentity): Promise<AttachedLun> {
  const [raw, file] = [join(dir, "raw"), join(dir, "raw.qcow2")];
  writeFileSync(raw, Buffer.concat([Buffer.alloc(100 * MIB), randomBytes(4 * MIB)]));
  truncateSync(raw, identity.size);
  await command(["qemu-img", "convert", "-q", "-O", "qcow2", raw, file], join(dir, "qemu-img.txt"));
  return { identity, file };
}

type Sums = ReadonlyMap<string, string>;

/** Sums of the image files: QEMU writes into them only what the guest writes. */
function sums(disks: readonly AttachedLun[]): Sums {
  return new Map(disks.map(({ file }) => [file, createHash("sha256").update(readFileSync(file)).digest("hex")]));
}

function mustBeSame(before: Sums, after: Sums, when: string): void {
  const changed = [...after].filter(([file, sum]) => before.get(file) !== sum).map(([file]) => file);
  if (changed.length > 0) throw new LabError(`written to ${when}: ${changed.join(", ")}`);
}
