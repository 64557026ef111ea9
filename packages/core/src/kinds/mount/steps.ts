import type { Finding } from "../../layout/finding.js";
import { groupBy } from "../../layout/group-by.js";
import type { DirectoryAttributes, Layout } from "../../layout/layout.js";
import type { Arg } from "../../plan/arg.js";
import type { DraftStep, PlanPart, ToolRequirement } from "../../plan/part.js";
import { type Action, stepId } from "../../plan/step.js";
import { mountConfig } from "./detail.js";
import { type RestoredMount, restoredMounts, unrestoredMounts } from "./restored.js";
import { directoriesAbove, isWithin } from "./tree.js";
import { isUsable } from "./usable.js";
import { hasNoOwners, namedOwners, restoredView } from "./view-options.js";

/** What is used where an owner and a mode weren't recorded; a finding says so. */
const USUAL: DirectoryAttributes = { mode: 0o755, uid: 0, gid: 0 };

/**
 * Options that a restore needs whatever a kernel's or a filesystem's own default is: without them ACLs and user
 * attributes are refused (ext4(5); before Linux 2.6.39 both were off).
 */
const RESTORE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  ext2: ["acl", "user_xattr"],
  ext3: ["acl", "user_xattr"],
  ext4: ["acl", "user_xattr"],
};

/** The steps that mount the rebuilt filesystems below the target, parents first, and make the directories that must be there. */
export function mountSteps(layout: Layout): PlanPart {
  const restored = restoredMounts(layout);
  const findings = [...unrestoredMounts(layout).map(notRestored), ...restored.flatMap(ownedByName)];
  if (restored.length === 0) return { findings };
  const attributesOf = attributesByPath(layout);
  return {
    steps: [
      ...restored.map((mount) => mountStep(mount, attributesOf)),
      directoriesStep(restored, layout, attributesOf),
    ],
    tools: TOOLS,
    findings,
  };
}

const TOOLS: readonly ToolRequirement[] = [
  { tool: "mount", where: "rescue", package: "mount" },
  { tool: "umount", where: "rescue", package: "mount" },
  ...["mkdir", "chown", "chmod"].map((tool) => ({ tool, where: "rescue" as const, package: "coreutils" })),
];

function mountStep({ mount, node, type, parent }: RestoredMount, attributesOf: AttributesOf): DraftStep {
  const at: Arg = { target: mount.at };
  const attributes = mount.directory ?? USUAL;
  const above = directoriesAbove(mount.at).filter(
    (path) => parent !== null && path !== parent && isWithin(path, parent),
  );
  const options = ["rw", ...(RESTORE_OPTIONS[type] ?? []), ...restoredView(type, mount.options)].join(",");
  return {
    id: stepId("mount", mount.id.slice("mount:".length)),
    title: mount.at === "/" ? `Mount the root filesystem, ${type}` : `Mount ${JSON.stringify(mount.at)}, ${type}`,
    why: "files are restored below the target, each into the filesystem that it came from",
    phase: "mount",
    needs: [`content:${node}`, ...(parent === null ? [] : ([`mounted:${parent}`] as const))],
    provides: [`mounted:${mount.at}`],
    destroys: [],
    before: [
      { is: "device", device: node },
      { is: "not-mounted", at },
    ],
    run: [
      ...above.reverse().flatMap((path) => makeDirectory(path, attributesOf(path))),
      exec("mkdir", "-p", "-m", octal(attributes.mode), at),
      exec("mount", "-t", type, "-o", options, { device: node }, at),
      // what was recorded is the root of the mounted filesystem, which hides the directory below it
      ...(hasNoOwners(type) ? [] : [exec("chown", owner(attributes), at), exec("chmod", octal(attributes.mode), at)]),
    ],
    done: [{ is: "mounted", at, device: node }],
    release: [exec("umount", at)],
  };
}

/** Mount points of what isn't mounted in the rescue system, and directories that a backup may leave out. */
function directoriesStep(restored: readonly RestoredMount[], layout: Layout, attributesOf: AttributesOf): DraftStep {
  const missing = missingDirectories(restored, layout);
  return {
    id: stepId("make-directories", "target"),
    title: "Make the directories that a backup may leave out",
    why: "a system without /proc, /dev or the mount points in its fstab doesn't start",
    phase: "mount",
    needs: restored.map(({ mount }) => `mounted:${mount.at}` as const),
    provides: ["done:directories"],
    destroys: [],
    before: [{ is: "mounted", at: { target: "/" }, device: rootOf(restored).node }],
    run: missing.flatMap((path) => makeDirectory(path, attributesOf(path))),
    done: missing.map((path) => ({ is: "directory" as const, path: { target: path } })),
  };
}

/** Those that lie on a restored filesystem; what is below a mount of another sort lies on that one. */
function missingDirectories(restored: readonly RestoredMount[], layout: Layout): string[] {
  const places = new Set(restored.map(({ mount }) => mount.at));
  const allPlaces = new Set(layout.mounts.map((mount) => mount.at));
  const plain = (mountConfig(layout)?.directories ?? []).map(({ at }) => at);
  // a file can be a bind mount's mount point too
  const points = layout.mounts.filter((mount) => mount.source.is !== "bind" || mount.directory !== null);
  const wanted = new Set([...plain, ...points.map((mount) => mount.at), ...CHROOT_DIRECTORIES]);
  // those above a restored mount were made with it
  const made = new Set(restored.flatMap(({ mount }) => [mount.at, ...directoriesAbove(mount.at)]));
  const liesOnRestored = (path: string) => places.has(directoriesAbove(path).find((at) => allPlaces.has(at)) ?? "");
  return [...wanted].filter((path) => !made.has(path) && isUsable(path) && liesOnRestored(path)).sort();
}

/** Where the kernel's filesystems are mounted while the boot loader is made. */
const CHROOT_DIRECTORIES = ["/dev", "/proc", "/run", "/sys"] as const;

function rootOf(restored: readonly RestoredMount[]): RestoredMount {
  return restored.find(({ mount }) => mount.at === "/") as RestoredMount;
}

/** `mkdir -p` leaves a directory that is there as it is, with its mode. */
function makeDirectory(path: string, attributes: DirectoryAttributes): Action[] {
  const at: Arg = { target: path };
  const made = exec("mkdir", "-p", "-m", octal(attributes.mode), at);
  return attributes.uid === 0 && attributes.gid === 0 ? [made] : [made, exec("chown", owner(attributes), at)];
}

type AttributesOf = (path: string) => DirectoryAttributes;

/** What was recorded of a directory, as a mount point first. */
function attributesByPath(layout: Layout): AttributesOf {
  const points = layout.mounts.flatMap(({ at, directory }) => (directory === null ? [] : [{ at, ...directory }]));
  const recorded = groupBy([...points, ...(mountConfig(layout)?.directories ?? [])], ({ at }) => at);
  return (path) => recorded.get(path)?.[0] ?? USUAL;
}

function notRestored(mount: Layout["mounts"][number]): Finding {
  return {
    code: "mount/not-rebuilt",
    severity: "loss",
    ...(mount.source.is === "node" ? { node: mount.source.node } : {}),
    message: `${JSON.stringify(mount.at)} (${mount.type}) isn't rebuilt, so nothing is mounted there and its files aren't restored`,
    remedy: "save and rebuild it by other means, or leave it out knowingly",
  };
}

/** A filesystem that was mounted shows its owners as numbers; for one that fstab alone knows they may be names. */
function ownedByName({ mount, node, type }: RestoredMount): Finding[] {
  const names = mount.active ? [] : namedOwners(type, mount.options);
  if (names.length === 0) return [];
  return [
    {
      code: "mount/owner-by-name",
      severity: "warning",
      node,
      message: `${JSON.stringify(mount.at)} (${type}) gets its owners from ${names.join(",")} in /etc/fstab, which a rescue system can't look up: it is mounted for root there`,
      remedy: "mount it and scan again, or name the owners by number",
    },
  ];
}

function exec(...argv: readonly [Arg, ...Arg[]]): Action {
  return { do: "exec", argv };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function owner({ uid, gid }: DirectoryAttributes): string {
  return `${uid}:${gid}`;
}
