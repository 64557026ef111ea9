import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Arg,
  type BackupContext,
  type BackupReport,
  backupScope,
  type Layout,
  type LeftOut,
  localActionHost,
  type Mount,
  mayGoOn,
  type NodeId,
  order,
  type Plan,
  runBackup,
  runTask,
  type TaskReport,
} from "@bmr/core";
import { type TarOptions, tarAdapter } from "../../src/index.js";

/** True where the tests may make device nodes, foreign owners, capabilities and mounts. */
export const IS_ROOT: boolean = process.getuid?.() === 0;

const FIXTURE_BIN = resolve(fileURLToPath(import.meta.url), "../../fixtures/bin");
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Directories of one test: the server, where backups lie, where it is restored to. */
export interface Lab {
  readonly directory: string;
  readonly server: string;
  readonly place: string;
  readonly target: string;
  readonly work: string;
}

export async function newLab(): Promise<Lab> {
  const directory = await mkdtemp(join(tmpdir(), "bmr-tar-"));
  const lab = {
    directory,
    server: join(directory, "server"),
    place: join(directory, "place"),
    target: join(directory, "target"),
    work: join(directory, "work"),
  };
  for (const path of [lab.server, lab.place, lab.target, lab.work]) await mkdir(path);
  return lab;
}

export async function removeLab(lab: Lab): Promise<void> {
  await rm(lab.directory, { recursive: true, force: true });
}

/** A layout with a root filesystem and these mounts besides. */
export function layoutOf(mounts: readonly Partial<Mount>[] = []): Layout {
  const node = (at: string) => `lv:vg0/${at === "/" ? "root" : at.slice(1).replaceAll("/", "_")}` as NodeId;
  const all: Mount[] = [{ at: "/" }, ...mounts].map((mount) => ({
    id: `mount:${mount.at}` as NodeId,
    at: "/",
    source: { is: "node", node: node(mount.at as string) },
    type: "ext4",
    options: [],
    active: true,
    fstab: null,
    readOnly: false,
    directory: null,
    ...mount,
  }));
  const nodes = all.flatMap(({ source }) => (source.is === "node" ? [source.node] : []));
  return {
    format: "bmr-layout",
    version: 1,
    machine: { hostname: "web1", architecture: "x86_64", system: null, places: [] },
    nodes: [...new Set(nodes)].map((id) => ({
      role: "disk",
      id,
      kind: "disk",
      name: id,
      bytes: 1,
      readOnly: false,
      sectorBytes: 512,
      physicalSectorBytes: 512,
      identities: [],
      content: { is: "filesystem", kind: "ext", type: "ext4", uuid: null, label: null, detail: {} },
      detail: {},
    })),
    edges: [],
    mounts: all,
    config: {},
    findings: [],
  };
}

/** What the adapter plans a backup of the lab's server by. */
export function contextOf(
  lab: Lab,
  options: TarOptions,
  layout: Layout = layoutOf(),
  leftOut: readonly LeftOut[] = [],
): BackupContext<TarOptions> {
  return {
    options: tarAdapter.optionsSchema.parse(options),
    layout,
    scope: backupScope(layout, leftOut),
    setDirectory: "/etc/BMR",
    root: lab.server,
    workDirectory: lab.work,
    startedAt: "2026-11-21T22:00:00Z",
  };
}

export interface RunHow {
  /** Directories that come first in PATH. */
  readonly path?: readonly string[];
  readonly signal?: AbortSignal;
}

function hostOf(how: RunHow) {
  return localActionHost({ searchPath: [...(how.path ?? []), FIXTURE_BIN, SYSTEM_PATH].join(":") });
}

export async function backup(context: BackupContext<TarOptions>, how: RunHow = {}): Promise<BackupReport> {
  const signal = how.signal === undefined ? {} : { signal: how.signal };
  return runBackup(tarAdapter, context, { host: hostOf(how), ...signal });
}

/** What became of a restore: the steps that ran, and the check that didn't hold. */
export interface RestoreReport {
  readonly ran: readonly TaskReport[];
  readonly refused: string | null;
}

/** Runs the restore steps of the plan as execute does, below the lab's target; every mount is in place. */
export async function restore(
  lab: Lab,
  context: BackupContext<TarOptions>,
  params: Readonly<Record<string, string>> = {},
  how: RunHow = {},
): Promise<RestoreReport> {
  const { steps = [], params: specs = [] } = tarAdapter.planRestore(context);
  const values = Object.fromEntries(specs.map((spec) => [spec.name, params[spec.name] ?? spec.default ?? ""]));
  const bind = binder(lab, values);
  const ran: TaskReport[] = [];
  for (const step of order(steps)) {
    if (step.when !== undefined && values[step.when.param] !== step.when.equals) continue;
    const missing = unmet(step.before, bind);
    if (missing !== null) return { ran, refused: `${step.id}: ${missing}` };
    const report = await runTask(step, { host: hostOf(how), adapter: tarAdapter, bind });
    ran.push(report);
    if (!mayGoOn(report.judgement)) return { ran, refused: `${step.id}: ${report.judgement.verdict}` };
    const undone = unmet(step.done, bind);
    if (undone !== null) return { ran, refused: `${step.id} isn't done: ${undone}` };
  }
  return { ran, refused: null };
}

export function binder(lab: Lab, params: Readonly<Record<string, string>>): (arg: Arg) => string {
  return function bind(arg: Arg): string {
    if (typeof arg === "string") return arg;
    if ("target" in arg) return arg.target === "/" ? lab.target : lab.target + arg.target;
    if ("param" in arg) return params[arg.param] as string;
    if ("concat" in arg) return arg.concat.map(bind).join("");
    throw new Error(`a restore with tar has no ${JSON.stringify(arg)}`);
  };
}

function unmet(checks: Plan["steps"][number]["done"], bind: (arg: Arg) => string): string | null {
  for (const check of checks) {
    if (check.is === "mounted") continue;
    if (check.is !== "file" && check.is !== "absent") throw new Error(`no check ${check.is} was expected`);
    if (existsSync(bind(check.path)) !== (check.is === "file")) return `${check.is} ${bind(check.path)}`;
  }
  return null;
}

export function taskOf(report: BackupReport, name: string): TaskReport {
  const found = report.tasks.find(({ task }) => task.id === `backup:${name}`);
  if (found === undefined) throw new Error(`${name} didn't run: ${JSON.stringify(report, null, 1)}`);
  return found;
}
