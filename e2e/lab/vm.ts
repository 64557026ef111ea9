import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { LabError } from "./error.js";
import { compileGuestPrograms } from "./guest-programs.js";
import type { LabImage } from "./image.js";
import type { LunIdentity } from "./luns.js";
import { guestDir } from "./paths.js";
import { clock, progress } from "./progress.js";
import { qemuArguments } from "./qemu.js";
import { atOtherSite } from "./site.js";

/** A LUN's disk image, as it is attached to a VM: over all host bus adapters. */
export interface AttachedLun {
  readonly identity: LunIdentity;
  /** qcow2 file. */
  readonly file: string;
  /** True: the LUN can't be written. */
  readonly readOnly?: boolean;
  /** As fast as a disk, not as the host's memory. */
  readonly bytesPerSecond?: number;
}

/** How a VM gets its operating system. */
export type BootSource =
  | {
      readonly from: "rescue";
      /** Whether multipathd runs and takes every LUN; else every device is blacklisted. */
      readonly multipath: boolean;
      /**
       * True: an ordinary Debian with systemd, which starts the volume groups that it finds by itself. Without
       * `multipath` its multipathd runs, and takes no LUN that it doesn't know.
       */
      readonly systemd?: boolean;
      /** True: no LUN is seen before the script asks for it (`show` in guest/tricks.sh). */
      readonly hidden?: boolean;
    }
  | {
      /** SeaBIOS, the boot loader on that LUN, the installed system. */
      readonly from: "lun";
      readonly lun: LunIdentity;
    };

/** One VM: it boots, runs one script, powers off. */
export interface VmSpec {
  /** Name of its folder in the scenario's folder. */
  readonly name: string;
  /** Folder in which that folder is made anew. */
  readonly dir: string;
  readonly image: LabImage;
  readonly boot: BootSource;
  /** In the order in which they get their SCSI ids. */
  readonly luns: readonly AttachedLun[];
  /** How many host bus adapters there are, each a path to every LUN: two where nothing is said. */
  readonly paths?: number;
  /** Script below `guest/`, and its arguments. */
  readonly script: readonly [string, ...string[]];
  /** Files of the host that the guest finds below /lab, by their names there. It must not write to them. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Folders of the host that are copied below /lab; the guest may write to them. */
  readonly folders?: Readonly<Record<string, string>>;
  readonly memoryMiB?: number;
  /** True: another machine, with its adapters elsewhere. */
  readonly otherSite?: boolean;
  /** What the VM's clock says when it starts, as UTC, `2009-02-13T23:31:30`; else it is right. */
  readonly clock?: string;
  /** True: the script may end the VM as a power cut does, and says so in /lab/cut. */
  readonly mayLosePower?: boolean;
  /** Only to end what hangs: on a busy host a VM takes many times as long as on an idle one. */
  readonly timeoutSeconds: number;
}

/** What a VM that ran its script to the end left behind. */
export interface VmRun {
  /** The folder that the guest had at /lab. */
  readonly share: string;
  readonly milliseconds: number;
  /** The steps that the script announced, with the seconds that each took. */
  readonly steps: readonly { readonly title: string; readonly seconds: number }[];
}

/**
 * Boots a VM under TCG, lets it run its script and waits until it has powered off. Its steps are shown as they come.
 * @throws {@link LabError} when the script does not exit with 0, the VM dies without a result, or time is up.
 */
export async function runVm(spec: VmSpec): Promise<VmRun> {
  const dir = join(spec.dir, spec.name);
  const share = prepareShare(spec, dir);
  const serialLog = join(dir, "serial.txt");
  const own = qemuArguments(spec, share, serialLog);
  const argv = spec.otherSite === true ? atOtherSite(own) : own;
  writeFileSync(join(dir, "qemu.txt"), `${argv.join(" ")}\n`);
  const begin = Date.now();
  progress(
    `${spec.name}: starting (boots ${spec.boot.from === "rescue" ? "the rescue system" : "from its own disks"})`,
  );
  const errors = openSync(join(dir, "qemu-errors.txt"), "w");
  const child = spawn("qemu-system-x86_64", argv, { stdio: ["ignore", errors, errors] });
  closeSync(errors);
  const inTime = await watch(child, spec, join(share, "out.txt"));
  judge(spec, dir, inTime);
  const milliseconds = Date.now() - begin;
  const end = existsSync(join(share, "cut")) ? "without power" : "powered off";
  progress(`${spec.name}: done in ${clock(milliseconds)}, ${end}`);
  return { share, milliseconds, steps: readSteps(join(share, "out.txt")) };
}

function prepareShare(spec: VmSpec, dir: string): string {
  const share = join(dir, "lab");
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(share, { recursive: true });
  for (const name of readdirSync(guestDir)) {
    if (name.endsWith(".sh")) copyFileSync(join(guestDir, name), join(share, name));
  }
  compileGuestPrograms(share);
  for (const [name, file] of Object.entries(spec.inputs ?? {})) linkOrCopy(file, join(share, name));
  for (const [name, folder] of Object.entries(spec.folders ?? {}))
    cpSync(folder, join(share, name), { recursive: true });
  writeFileSync(
    join(share, "cmd"),
    spec.script.map((word, at) => (at === 0 ? `/lab/${word}\0` : `${word}\0`)).join(""),
  );
  return share;
}

/** A backup is large: it is linked where the cache lies on the same filesystem. */
function linkOrCopy(file: string, to: string): void {
  try {
    linkSync(file, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    copyFileSync(file, to);
  }
}

/** Shows the guest's steps until QEMU has ended. False when it had to be stopped because time was up. */
async function watch(child: ChildProcess, spec: VmSpec, out: string): Promise<boolean> {
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(new LabError(`qemu-system-x86_64 can't be started: ${error.message}`)));
    child.once("close", () => resolve());
  });
  let inTime = true;
  const limit = setTimeout(() => {
    inTime = false;
    kill();
  }, spec.timeoutSeconds * 1000);
  let shown = 0;
  const show = (): void => {
    const lines = progressLines(out);
    for (const line of lines.slice(shown)) progress(`${spec.name}: ${line}`);
    shown = lines.length;
  };
  const poll = setInterval(show, 500);
  try {
    await ended;
    show();
  } finally {
    clearTimeout(limit);
    clearInterval(poll);
    process.removeListener("exit", kill);
  }
  return inTime;
}

function judge(spec: VmSpec, dir: string, inTime: boolean): void {
  const [out, serial, exit] = ["lab/out.txt", "serial.txt", "lab/exit"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const log = existsSync(out) ? out : serial;
  if (!inTime) throw new LabError(`${spec.name}: not done after ${spec.timeoutSeconds} s`, log);
  if (spec.mayLosePower === true && existsSync(join(dir, "lab/cut"))) return;
  if (!existsSync(exit)) {
    const errors = readFileSync(join(dir, "qemu-errors.txt"), "utf8").trim();
    throw new LabError(`${spec.name}: the VM ended without a result${errors === "" ? "" : ` (${errors})`}`, log);
  }
  const status = readFileSync(exit, "utf8").trim();
  if (status !== "0") throw new LabError(`${spec.name}: ${spec.script[0]} ended with exit status ${status}`, log);
}

/** The lines `STEP <uptime> <title>` that guest scripts write by `step` (guest/lib.sh). */
function stepLines(out: string): readonly { readonly uptime: number; readonly title: string }[] {
  if (!existsSync(out)) return [];
  return [...readFileSync(out, "latin1").matchAll(/^STEP ([0-9.]+) (.*)\n/gm)].map(([, uptime, title]) => ({
    uptime: Number(uptime),
    title: title ?? "",
  }));
}

/** What is shown while a VM runs: the script's own steps, and below them those of the recovery, `[1/16] title`. */
function progressLines(out: string): readonly string[] {
  if (!existsSync(out)) return [];
  return [...readFileSync(out, "utf8").matchAll(/^(?:STEP [0-9.]+ (.*)|(\[\d+\/\d+\] .*))\n/gm)].map(
    ([, step, detail]) => step ?? `    ${detail}`,
  );
}

function readSteps(out: string): VmRun["steps"] {
  const lines = stepLines(out);
  return lines.slice(0, -1).map(({ title, uptime }, at) => ({
    title,
    seconds: (lines[at + 1]?.uptime ?? uptime) - uptime,
  }));
}
