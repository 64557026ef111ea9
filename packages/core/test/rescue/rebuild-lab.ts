/**
 * A server of three disks that is rebuilt with real tools on image files: a partition table, an ext4, a swap area;
 * then mounted (the lab's mountinfo says so), restored from a real archive, and made to boot.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActionHost } from "../../src/host/host.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { Arg } from "../../src/plan/arg.js";
import type { Plan } from "../../src/plan/plan.js";
import { type Action, type Step, type StepId, stepId } from "../../src/plan/step.js";
import type { BoundPlan } from "../../src/rescue/bound-plan.js";
import { execute, type RunReport } from "../../src/rescue/execute.js";
import { begunDisks } from "../../src/rescue/history.js";
import { openJournal } from "../../src/rescue/journal.js";
import type { Mode } from "../../src/rescue/mode.js";
import { stepsToRun } from "../../src/rescue/modes.js";
import { type ResolveOptions, resolve } from "../../src/rescue/resolve.js";
import type { ExecuteOptions } from "../../src/rescue/run.js";
import { type Lab, type LabDisk, MIB, makeLab, mountLine } from "./lab.js";
import { id, optionsFor, planFor, SERVER, volume } from "./world.js";

export const DISKS: readonly LabDisk[] = ["a", "b", "c"].map((letter) => ({
  name: `sd${letter}`,
  identities: [volume(`3600${letter}`)],
  bytes: 16 * MIB,
}));

export const [A, B, C] = ["a", "b", "c"].map((letter) => id(`lun:3600${letter}`)) as [NodeId, NodeId, NodeId];

const EXT_UUID = "11111111-2222-4333-8444-555555555555";
const SWAP_UUID = "22222222-2222-4333-8444-555555555555";
const TABLE =
  "label: gpt\nlabel-id: 0FC63DAF-0000-4000-8000-000000000001\nsize=4MiB, uuid=0FC63DAF-0000-4000-8000-000000000002\n";

/** A lab with its recovery set, and the archive that is restored. */
export function makeRebuildLab(existing?: string): Lab {
  const lab = makeLab(DISKS, existing);
  if (existing !== undefined) return lab;
  const set = join(lab.root, "set");
  mkdirSync(join(set, "tree/lib/modules/6.1.0-1"), { recursive: true });
  mkdirSync(join(set, "tree/lib/modules/6.1.0-2"), { recursive: true });
  mkdirSync(join(set, "tree/boot"));
  writeFileSync(join(set, "tree/etc-hostname"), "lnx01\n");
  writeFileSync(join(set, "ptbl"), TABLE);
  writeFileSync(join(set, "mountinfo"), `${mountLine("8:16", join(lab.root, "mnt"), "/dev/sdb")}\n`);
  execFileSync("tar", ["-C", join(set, "tree"), "-cf", join(set, "files.tar"), "."]);
  return lab;
}

/**
 * Every command notes that it ran. Where the lab says so (`kill-STEP`), it writes rubbish to its device and kills the
 * program that started it, and itself, as a power failure would.
 */
const WRAPPER = `
echo "$1" >> "$0/ran"
if [ -e "$0/kill-$1" ]; then
  rm "$0/kill-$1"
  for last; do :; done
  case "$last" in "$0"/dev/*) head -c 70000 /dev/urandom | dd of="$last" conv=notrunc status=none;; esac
  kill -9 $PPID; kill -9 $$
fi
shift
exec "$@"`;

function exec(root: string, name: string, ...argv: readonly Arg[]): Action {
  return { do: "exec", argv: ["sh", "-c", WRAPPER, root, name, ...argv] };
}

type Draft = Pick<Step, "id" | "phase" | "run"> & Partial<Step>;

function step(draft: Draft): Step {
  return { title: draft.id, why: "", after: [], destroys: [], before: [], done: [], ...draft };
}

/** The plan that rebuilds the server. */
export function rebuildPlan(root: string, change: (steps: Step[]) => Step[] = (steps) => steps): Plan {
  const run = (name: string, ...argv: readonly Arg[]) => exec(root, name, ...argv);
  const wipes = [A, B, C].map((node) =>
    step({
      id: stepId("wipe", node),
      phase: "format",
      run: [run(`wipe-${node.slice(-1)}`, "wipefs", "--all", "--force", { device: node })],
      destroys: [node],
      before: [{ is: "device", device: node }],
      done: [
        { is: "signature", device: node, tag: "TYPE", equals: null },
        { is: "signature", device: node, tag: "PTTYPE", equals: null },
      ],
    }),
  );
  const mountinfo = join(root, "proc/self/mountinfo");
  const steps = [
    step({
      id: stepId("activate", "all"),
      phase: "activate",
      run: [run("activate", "touch", join(root, "activated"))],
      done: [{ is: "file", path: join(root, "activated") }],
    }),
    ...wipes,
    step({
      id: stepId("partition", A),
      phase: "partition",
      run: [
        {
          do: "exec",
          argv: [
            "sh",
            "-c",
            WRAPPER,
            root,
            "partition",
            "sfdisk",
            "--quiet",
            "--no-reread",
            "--wipe",
            "always",
            { device: A },
          ],
          stdin: { file: { setFile: "ptbl" } },
        },
      ],
      after: [stepId("wipe", A)],
      destroys: [A],
      done: [{ is: "signature", device: A, tag: "PTUUID", equals: "0fc63daf-0000-4000-8000-000000000001" }],
    }),
    step({
      id: stepId("make-ext", B),
      phase: "make",
      run: [
        {
          do: "exec",
          argv: [
            "sh",
            "-c",
            WRAPPER,
            root,
            "mke2fs",
            "mke2fs",
            "-q",
            "-F",
            "-t",
            "ext4",
            "-U",
            EXT_UUID,
            "-E",
            `hash_seed=${EXT_UUID},nodiscard`,
            { device: B },
          ],
          env: { E2FSPROGS_FAKE_TIME: "1700000000" },
        },
        {
          do: "exec",
          argv: ["sh", "-c", WRAPPER, root, "tune2fs", "tune2fs", "-c", "42", { device: B }],
          env: { E2FSPROGS_FAKE_TIME: "1700000000" },
        },
      ],
      after: [stepId("wipe", B)],
      destroys: [B],
      done: [{ is: "signature", device: B, tag: "UUID", equals: EXT_UUID }],
    }),
    step({
      id: stepId("make-swap", C),
      phase: "make",
      run: [run("mkswap", "mkswap", "-U", SWAP_UUID, { device: C })],
      after: [stepId("wipe", C)],
      destroys: [C],
      done: [{ is: "signature", device: C, tag: "UUID", equals: SWAP_UUID }],
    }),
    step({
      id: stepId("mount", "/"),
      phase: "mount",
      after: [stepId("make-ext", B)],
      before: [{ is: "not-mounted", at: { target: "/" } }],
      run: [
        run("mount", "sh", "-c", `cat "$0" >> "$1"`, { setFile: "mountinfo" }, mountinfo),
        run("mode", "touch", join(root, "mode-was-set")),
      ],
      done: [{ is: "mounted", at: { target: "/" }, device: B }],
      release: [run("umount", "sed", "-i", "\\:/mnt rw:d", mountinfo)],
    }),
    step({
      id: stepId("restore", "files"),
      phase: "restore",
      after: [stepId("mount", "/")],
      run: [
        {
          do: "pipe",
          stages: [
            { argv: ["cat", { setFile: "files.tar" }] },
            { argv: ["sh", "-c", WRAPPER, root, "restore", "tar", "-C", { target: "/" }, "-xvf", "-"] },
            { argv: ["sh", "-c", "wc -l; echo restored 7 >&2"] },
          ],
        },
      ],
      outcome: { exits: { 0: "ok" }, messages: [], atLeast: { pattern: "^restored (\\d+)", objects: 1 } },
    }),
    step({
      id: stepId("initramfs", "target"),
      phase: "boot",
      after: [stepId("restore", "files")],
      run: [
        {
          do: "exec",
          argv: [
            "sh",
            "-c",
            WRAPPER,
            root,
            "initramfs",
            "touch",
            { concat: [{ target: "/boot/initrd-" }, { each: true }] },
          ],
          forEach: { list: { target: "/lib/modules" }, recorded: ["6.1.0-1", "6.1.0-2"] },
        },
      ],
      done: [{ is: "file", path: { target: "/boot/initrd-6.1.0-2" } }],
    }),
  ];
  return { ...planFor(DISKS, { steps: change(steps) }), machine: SERVER };
}

/** The commands of a whole rebuild, in order. */
export const ALL_COMMANDS: readonly string[] = [
  ...["activate", "wipe-a", "wipe-b", "wipe-c", "partition", "mke2fs", "tune2fs", "mkswap"],
  ...["mount", "mode", "restore", "initramfs", "initramfs"],
];

/** The plan with one step changed. */
export function changedPlan(root: string, step: StepId, change: (step: Step) => Partial<Step>): Plan {
  return rebuildPlan(root, (steps) => steps.map((one) => (one.id === step ? { ...one, ...change(one) } : one)));
}

export interface RebuildOptions extends Partial<ExecuteOptions> {
  readonly mode?: Mode;
  readonly existing?: ResolveOptions["existing"];
  readonly plan?: Plan;
  /** The lab's own, unless a test wants to see what is done. */
  readonly host?: ActionHost;
}

/** Binds the plan to what is in the lab now. */
export async function bindRebuild(lab: Lab, options: RebuildOptions = {}): Promise<BoundPlan> {
  const plan = options.plan ?? rebuildPlan(lab.root);
  const begun = options.anew === true ? undefined : begunDisks(options.journal?.records ?? [], plan);
  const resolution = resolve(
    plan,
    await lab.facts(),
    optionsFor({
      mode: options.mode ?? "recover",
      target: join(lab.root, "mnt"),
      setDirectory: join(lab.root, "set"),
      ...(options.existing === undefined ? {} : { existing: options.existing }),
      begun,
    }),
  );
  if (resolution.is === "refused") throw new Error(resolution.problems.map((problem) => problem.code).join());
  return resolution.bound;
}

/** One run of the command, as the CLI does it: journal, bind, execute. */
export async function rebuild(lab: Lab, options: RebuildOptions = {}): Promise<RunReport> {
  const journal = options.journal === null ? null : await openJournal(join(lab.root, "journal"));
  try {
    const bound = await bindRebuild(lab, { ...options, journal });
    return await execute(bound, stepsToRun(bound), options.host ?? lab.host, {
      confirmation: "lnx01",
      ...options,
      journal,
    });
  } finally {
    await journal?.close();
  }
}

/** All that can be seen of the rebuilt server, by real tools. */
export function endState(lab: Lab): Record<"table" | "ext" | "fsck" | "swap" | "mounts" | "files", string> {
  const say = (...argv: readonly [string, ...string[]]) =>
    execFileSync(argv[0], argv.slice(1), { encoding: "utf8", stdio: "pipe" });
  const target = join(lab.root, "mnt");
  return {
    table: say("sfdisk", "--dump", lab.image("sda")).replaceAll(lab.root, ""),
    ext: say("dumpe2fs", "-h", lab.image("sdb")),
    fsck: say("e2fsck", "-fn", lab.image("sdb")).replaceAll(lab.root, ""),
    swap: say("blkid", "-p", "-o", "export", lab.image("sdc")).replaceAll(lab.root, ""),
    mounts: readFileSync(join(lab.root, "proc/self/mountinfo"), "utf8").replaceAll(lab.root, ""),
    files: readdirSync(target, { recursive: true, encoding: "utf8" }).sort().join("\n"),
  };
}

/** The names of the commands that ran, in order. */
export function ranIn(lab: Lab): string[] {
  return readFileSync(join(lab.root, "ran"), "utf8").trimEnd().split("\n");
}
