import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import type { NodeId } from "../layout/ids.js";
import { isBlockNode, type Layout } from "../layout/layout.js";
import { type Action, type Step, stepId } from "../plan/step.js";
import { withTimeLimits } from "../plan/time-limits.js";
import type { BoundPlan } from "./bound-plan.js";
import { evaluate } from "./check.js";
import type { RunListener } from "./events.js";
import { execute } from "./execute.js";
import { findDevice } from "./find-device.js";
import { devicePath, type Locator } from "./locators.js";
import { isBelow } from "./mountinfo.js";
import { readAttribute } from "./seal.js";

/** Where the logs were on the recorded server. */
const LOGS = "/var/log";
/** The read-only device over the old filesystem, and where it is mounted meanwhile. */
const MAP = "bmr-old-logs";
const MOUNT_POINT = "/run/bmr-old-logs";

/**
 * How a filesystem is mounted without its journal being replayed. `ro` alone doesn't keep ext and XFS from that
 * (ext4(5), xfs(5)); and since orphans may be cleaned up all the same (fs/ext4/orphan.c), the device below is read-only.
 */
const WITHOUT_REPLAY: Readonly<Record<string, string>> = {
  ext2: "ro",
  ext3: "ro,noload",
  ext4: "ro,noload",
  xfs: "ro,norecovery,nouuid",
  btrfs: "ro,nologreplay",
};

/** What the saving of old logs needs. */
export interface SaveOldLogs {
  readonly bound: BoundPlan;
  /** The recorded one. */
  readonly layout: Layout;
  readonly host: ActionHost;
  /** Where they go; made where it isn't there, for root alone. */
  readonly directory: string;
  readonly onEvent?: RunListener;
}

/**
 * Copies what can still be read of the old server's /var/log, before it is erased. The old filesystem is mounted
 * through a read-only device, so that nothing on the disk changes, and is let go of again.
 *
 * @throws BmrError `guard-refused` where it isn't there any more or can't be mounted so; `step-failed` where the copy fails
 */
export async function saveOldLogs(save: SaveOldLogs): Promise<void> {
  const old = oldFilesystem(save.layout);
  const holder = await takeHold(old.node, save);
  const held: Step[] = holder === null ? [] : [holder];
  try {
    for (const step of copySteps(old, await deviceOf(old, save), save.directory)) {
      await run(step, save);
      held.push(step);
    }
  } finally {
    for (const step of held.reverse()) if (step.release !== undefined) await run(letGo(step), save);
  }
}

interface OldFilesystem {
  readonly node: NodeId;
  readonly uuid: string;
  readonly type: string;
  readonly options: string;
  /** Where the logs are in it. */
  readonly directory: string;
}

function oldFilesystem(layout: Layout): OldFilesystem {
  const [mount] = layout.mounts
    .filter(({ at, source }) => source.is === "node" && isBelow(LOGS, at))
    .sort((a, b) => b.at.length - a.at.length);
  const node = mount?.source.is === "node" ? mount.source.node : undefined;
  const found = layout.nodes.find(({ id }) => id === node);
  if (mount === undefined || found === undefined || !isBlockNode(found) || found.content.is !== "filesystem") {
    throw refused(`no recorded filesystem held ${LOGS}`);
  }
  const { type, uuid } = found.content;
  const options = WITHOUT_REPLAY[type];
  if (options === undefined) throw refused(`${found.id} was ${type}, which may be changed by mounting it`);
  if (uuid === null) throw refused(`${found.id} had no UUID by which it could be told`);
  return { node: found.id, uuid, type, options, directory: LOGS.slice(mount.at === "/" ? 0 : mount.at.length) };
}

/** The step that made the device appear for this; null where it is there. A rescue system may have a group that isn't active. */
async function takeHold(node: NodeId, save: SaveOldLogs): Promise<Step | null> {
  const { bound, host } = save;
  if ((await evaluate({ is: "device", device: node }, bound, host)).holds) return null;
  const holder = bound.plan.steps.find(
    ({ phase, destroys, done }) =>
      phase === "assemble" &&
      destroys.length === 0 &&
      done.some((check) => check.is === "device" && check.device === node),
  );
  if (holder === undefined) throw refused(`${node} isn't there any more`);
  // sizes may be others by now: it is the same filesystem or none
  await run({ ...holder, after: [], done: [] }, save);
  return holder;
}

/** The device of the old filesystem: another filesystem on it is none of the old server's. */
async function deviceOf(old: OldFilesystem, { bound, host }: SaveOldLogs): Promise<{ path: string; sectors: number }> {
  const same = await evaluate({ is: "signature", device: old.node, tag: "UUID", equals: old.uuid }, bound, host);
  if (!same.holds) throw refused(same.found);
  const found = await findDevice(host, bound.devices.get(old.node) as Locator);
  if (found.is !== "found") throw refused(found.why);
  const sectors = Number(await readAttribute(host, `/sys/class/block/${found.name}/size`));
  if (!(sectors > 0)) throw refused(`/sys/class/block/${found.name}/size can't be read`);
  return { path: devicePath(found.name), sectors };
}

function copySteps(old: OldFilesystem, { path, sectors }: { path: string; sectors: number }, to: string): Step[] {
  const table = `0 ${sectors} linear ${path} 0`;
  return [
    step(
      "map",
      `Make a read-only device over ${path}`,
      [exec("dmsetup", "create", "--readonly", MAP, "--table", table)],
      {
        release: [exec("dmsetup", "remove", "--retry", MAP)],
      },
    ),
    step(
      "mount",
      `Mount the old ${old.type} without changing it`,
      [
        exec("mkdir", "-p", MOUNT_POINT),
        exec("mount", "-t", old.type, "-o", old.options, `/dev/mapper/${MAP}`, MOUNT_POINT),
      ],
      { release: [exec("umount", MOUNT_POINT)] },
    ),
    step(
      "copy",
      `Copy ${LOGS} of the old server to ${to}`,
      [exec("mkdir", "-p", "-m", "0700", to), exec("cp", "-a", "--", `${MOUNT_POINT}${old.directory}/.`, to)],
      {
        // 1: some files can't be read any more; the others are saved
        outcome: {
          exits: { "0": "ok", "1": "warnings" },
          messages: [{ pattern: "No space left on device", means: "failed", remedy: "name another directory" }],
        },
      },
    ),
  ];
}

function step(name: string, title: string, run: readonly Action[], more: Partial<Step>): Step {
  return withTimeLimits({
    id: stepId("old-logs", name),
    title,
    why: "what the old server wrote last may tell why it broke",
    phase: "activate",
    run,
    after: [],
    destroys: [],
    before: [],
    done: [],
    ...more,
  });
}

function exec(...argv: readonly [string, ...string[]]): Action {
  return { do: "exec", argv };
}

function letGo(held: Step): Step {
  return {
    ...held,
    id: stepId("let-go", held.id),
    title: `Let go: ${held.title}`,
    run: held.release ?? [],
    after: [],
    before: [],
    done: [],
  };
}

async function run(one: Step, { bound, host, onEvent }: SaveOldLogs): Promise<void> {
  const report = await execute(bound, [one], host, { journal: null, ...(onEvent === undefined ? {} : { onEvent }) });
  if (report.error !== undefined) throw report.error;
}

function refused(why: string): BmrError {
  return new BmrError(
    "guard-refused",
    `the old logs can't be saved: ${why}. Nothing was erased; without saving them the run goes on`,
  );
}
