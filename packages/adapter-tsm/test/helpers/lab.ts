import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AdapterContext,
  type Arg,
  type BackupContext,
  backupScope,
  buildPlan,
  type Layout,
  localActionHost,
  type Mount,
  type NodeId,
  runTask,
  type Step,
  type TaskReport,
} from "@bmr/core";
import { type TsmOptions, tsmAdapter } from "../../src/index.js";

const BIN = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/bin");

/** Directories of one test: the server's files, what the TSM server keeps, where it is restored to, the client's logs. */
export interface Lab {
  readonly directory: string;
  readonly server: string;
  readonly store: string;
  readonly target: string;
  readonly logs: string;
}

export function newLab(): Lab {
  const directory = mkdtempSync(join(tmpdir(), "bmr-tsm-"));
  const below = (name: string) => join(directory, name);
  const lab = {
    directory,
    server: below("server"),
    store: below("store"),
    target: below("target"),
    logs: below("logs"),
  };
  for (const path of [lab.server, lab.store, lab.target, lab.logs]) mkdirSync(path);
  return lab;
}

export function removeLab(lab: Lab): void {
  rmSync(lab.directory, { recursive: true, force: true });
}

/** Files with all that a restore must bring back: hard links, a link, modes, a name that isn't ASCII. */
export function fillServer({ server }: Lab): void {
  for (const path of ["etc/BMR", "home/a", "srv/data"]) mkdirSync(join(server, path), { recursive: true });
  writeFileSync(join(server, "etc/BMR/manifest.json"), "{}");
  writeFileSync(join(server, "etc/hostname"), "web1\n");
  writeFileSync(join(server, "home/a/one"), "hard linked");
  linkSync(join(server, "home/a/one"), join(server, "home/a/two"));
  symlinkSync("one", join(server, "home/a/link"));
  writeFileSync(join(server, "home/a/Geschäft"), "umlaut");
  writeFileSync(join(server, "srv/data/rows"), "rows");
  chmodSync(join(server, "home/a"), 0o2750);
}

/** A server with a root filesystem and these others. */
export function layoutOf(others: readonly string[]): Layout {
  const all = ["/", ...others];
  const node = (at: string) => `lv:vg0/${at === "/" ? "root" : at.slice(1).replaceAll("/", "_")}` as NodeId;
  return {
    format: "bmr-layout",
    version: 1,
    machine: { hostname: "web1", architecture: "x86_64", system: null, places: [] },
    nodes: all.map((at) => ({
      role: "disk",
      id: node(at),
      kind: "disk",
      name: at,
      bytes: 1,
      readOnly: false,
      sectorBytes: 512,
      physicalSectorBytes: 512,
      identities: [],
      content: { is: "filesystem", kind: "ext", type: "ext4", uuid: null, label: null, detail: {} },
      detail: {},
    })),
    edges: [],
    mounts: all.map(
      (at): Mount => ({
        id: `mount:${at}` as NodeId,
        at,
        source: { is: "node", node: node(at) },
        type: "ext4",
        options: [],
        active: true,
        fstab: null,
        readOnly: false,
        directory: null,
      }),
    ),
    config: {},
    findings: [],
  };
}

/** What the adapter plans the lab's server by. */
export function contextOf(
  lab: Lab,
  options: TsmOptions = {},
  others: readonly string[] = ["/home"],
): BackupContext<TsmOptions> {
  const layout = layoutOf(others);
  return {
    options: tsmAdapter.optionsSchema.parse({ logDirectory: lab.logs, ...options }),
    layout,
    scope: backupScope(layout),
    setDirectory: "/etc/BMR",
    root: "/",
    workDirectory: lab.directory,
    startedAt: "2026-11-22T02:00:00Z",
  };
}

/** The steps of a restore in their order, as they stand in a plan. */
export function stepsOf(context: AdapterContext<TsmOptions>): readonly Step[] {
  const mounts = {
    steps: [
      {
        id: "mount:all" as Step["id"],
        title: "Mount",
        why: "",
        phase: "mount" as const,
        run: [],
        destroys: [],
        before: [],
        done: [],
        needs: [],
        provides: [],
      },
    ],
  };
  return buildPlan(context.layout, [], [mounts, tsmAdapter.planRestore(context)]).plan.steps.slice(1);
}

/** How the double is to behave, and the choices of the day. */
export interface RunHow {
  readonly fault?: string;
  /** The double's clock. */
  readonly now?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one task or step against the double. */
export async function run(
  lab: Lab,
  task: Pick<Step, "id" | "title" | "why" | "run" | "outcome">,
  how: RunHow = {},
): Promise<TaskReport> {
  const host = localActionHost({ searchPath: `${BIN}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin` });
  const env = {
    DSMC_STORE: lab.store,
    DSMC_ROOT: lab.server,
    DSMC_FAULT: how.fault ?? "",
    ...(how.now === undefined ? {} : { DSMC_NOW: how.now }),
  };
  const actions = task.run.map((action) =>
    action.do === "exec" ? { ...action, env: { ...action.env, ...env, ...how.env }, terminal: false } : action,
  );
  return await runTask({ ...task, run: actions }, { host, adapter: tsmAdapter, bind: bindTo(lab, how.params ?? {}) });
}

function bindTo(lab: Lab, params: Readonly<Record<string, string>>): (arg: Arg) => string {
  const bind = (arg: Arg): string => {
    if (typeof arg === "string") return arg;
    if ("target" in arg) return arg.target === "/" ? lab.target : `${lab.target}${arg.target}`;
    if ("param" in arg) return params[arg.param] ?? "23:59:59";
    if ("concat" in arg) return arg.concat.map(bind).join("");
    throw new Error(`the adapter refers to ${JSON.stringify(arg)}`);
  };
  return bind;
}
