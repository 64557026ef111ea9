import type { Draft } from "../../layout/draft.js";
import { type Finding, heldBackBy } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { Mount } from "../../layout/layout.js";
import type { ShownMount } from "./binds.js";
import { emptyRootFindings, whyStopped } from "./damage.js";
import type { ResolvedEntry } from "./entries.js";
import type { FstabEntry, MountFacts } from "./facts.js";
import type { JoinedMount, JoinedMounts } from "./join.js";
import { isOnPath } from "./on-path.js";
import { isReadOnly } from "./options.js";
import { isMountedByItself } from "./parse-fstab.js";
import { containerDirectory } from "./passing.js";
import { isUsable } from "./usable.js";

/** Says what of the mounts and filesystems needs attention, or won't come back. */
export function reportMounts(facts: MountFacts, mounts: JoinedMounts, draft: Draft): void {
  const findings = [
    ...aboutFacts(facts),
    ...aboutRoot(mounts),
    ...emptyRootFindings(facts),
    ...mounts.joined.flatMap((one) => (one.shown === null ? aboutInactive(one, mounts) : aboutActive(one, facts))),
    ...aboutHidden(mounts),
    ...aboutLeft(mounts.left),
    ...aboutUnmounted(mounts, draft),
  ];
  for (const finding of findings) draft.addFinding(finding);
}

function aboutFacts(facts: MountFacts): Finding[] {
  const { fstabFailure, oddLines, placesFailure } = facts;
  const findings: Finding[] = oddLines.map(({ message }) => ({
    code: "mount/fstab-line",
    severity: "warning",
    message: `${message}; mount leaves such a line out too`,
    remedy: "correct the line and scan again",
  }));
  if (fstabFailure !== null) {
    findings.push({
      code: "mount/no-fstab",
      severity: ["missing", "not-recorded"].includes(fstabFailure.reason) ? "warning" : "loss",
      message: `${fstabFailure.message}; filesystems that weren't mounted just then are unknown`,
      remedy: "see that everything that belongs to the server is mounted, and scan again",
      // a server without an fstab is one
      ...(fstabFailure.reason === "missing" ? {} : heldBackBy(fstabFailure)),
    });
  }
  if (placesFailure !== null) {
    findings.push({
      code: placesFailure.reason === "not-recorded" ? "mount/not-recorded" : "mount/places-unknown",
      severity: "warning",
      message: `owner and mode of the mount points aren't known (${placesFailure.message}); they are made with mode 0755 for root where the restore doesn't set them`,
      remedy: "scan as root on the server itself",
      ...heldBackBy(placesFailure),
    });
  }
  return findings;
}

function aboutRoot({ joined }: JoinedMounts): Finding[] {
  const root = joined.find(({ mount }) => mount.at === "/" && mount.active);
  if (root?.mount.source.is === "node") return [];
  const seen =
    root === undefined ? "isn't in the table of mounts" : `is ${root.mount.type}, not on a disk of this machine`;
  return [
    {
      code: "mount/no-root",
      severity: "loss",
      message: `the root filesystem ${seen}: nothing can be mounted for a restore`,
      remedy: "scan on the installed server itself, not in a container, a live system or a rescue system",
    },
  ];
}

type Add = (
  code: string,
  severity: Finding["severity"],
  message: string,
  remedy?: string,
  more?: Pick<Finding, "holdsBack">,
) => void;

function aboutActive({ mount, shown, resolved }: JoinedMount, facts: MountFacts): Finding[] {
  if (shown === null) return [];
  const { thing } = shown;
  const findings: Finding[] = [];
  const add: Add = (code, severity, message, remedy, more) =>
    findings.push({
      code: `mount/${code}`,
      severity,
      ...(thing.is === "node" ? { node: thing.node } : {}),
      message: `${show(mount.at)} ${message}`,
      ...(remedy === undefined ? {} : { remedy }),
      ...more,
    });
  if (mount.source.is !== "node") aboutOtherSource(shown, add);
  else {
    aboutPlace(mount, facts, add);
    aboutEntry(resolved, facts, add);
    aboutState(mount, shown, add);
  }
  return findings;
}

function aboutOtherSource({ thing, mounted, whole }: ShownMount, add: Add): void {
  if (thing.is === "unresolved") {
    const message = `is ${mounted.type} from ${show(mounted.source)}, which is no storage that is restored`;
    add("unresolved", "loss", message, "save and rebuild it by other means, or leave it out knowingly");
  }
  if (thing.is === "node" && !whole) {
    const part = show(mounted.root ?? "a part");
    const message = `shows only ${part} of a filesystem that isn't mounted as a whole: the rest of it isn't in a backup`;
    add("part-of-filesystem", "loss", message, "mount the whole filesystem somewhere, and scan again");
  }
}

function aboutPlace(mount: Mount, facts: MountFacts, add: Add): void {
  if (!isUsable(mount.at)) {
    add("name", "loss", "is a name that isn't UTF-8: nothing can be mounted there", "rename the mount point");
  } else if (mount.directory === null && facts.placesFailure === null) {
    add("place-unknown", "warning", "couldn't be asked for its owner and mode; 0755 for root is used");
  }
}

function aboutEntry(resolved: ResolvedEntry | null, facts: MountFacts, add: Add): void {
  if (resolved === null && facts.fstab !== null) {
    add("not-in-fstab", "note", "is mounted, but isn't in /etc/fstab: it is restored, and mounted by whatever did it");
  }
  if (resolved?.names.is === "ambiguous") {
    const devices = resolved.names.devices.join(", ");
    add("ambiguous", "warning", `is ${resolved.entry.spec} in fstab, which ${devices} carry: chance decides at boot`);
  }
}

function aboutState(mount: Mount, { mounted }: ShownMount, add: Add): void {
  const stopped = whyStopped(mounted);
  if (stopped !== undefined) {
    const message = `takes no more writes (${stopped}): the kernel stopped it after an error`;
    add("error-read-only", "loss", message, "see the kernel's messages, unmount it and run e2fsck -f", {
      holdsBack: true,
    });
  } else if (mount.readOnly) aboutReadOnly(mount, add);
}

function aboutReadOnly(mount: Mount, add: Add): void {
  const isMeant = mount.fstab !== null && isReadOnly(mount.fstab.options);
  if (isMeant) add("read-only", "note", "is read-only by fstab: it is rebuilt and restored all the same");
  else {
    add(
      "unexpected-read-only",
      "warning",
      `is mounted read-only, which ${mount.fstab === null ? "no line in" : "its line in"} /etc/fstab says: an error may have done it`,
      "see the kernel's messages; run e2fsck where there was an error, before the next backup",
    );
  }
}

/** A line of fstab that isn't mounted now. */
function aboutInactive({ mount, resolved }: JoinedMount, mounts: JoinedMounts): Finding[] {
  if (resolved === null) return [];
  const { entry, names } = resolved;
  if (names.is === "unresolved") return [notThere(entry, "unresolved", "there is no such device")];
  if (names.is === "ambiguous") return [notThere(entry, "ambiguous", `${names.devices.join(", ")} carry that name`)];
  if (names.is !== "node") return [];
  const about = { node: names.node };
  const elsewhere = activeAt(names.node, mounts);
  if (elsewhere !== undefined) {
    return [
      {
        code: "mount/elsewhere",
        severity: "note",
        ...about,
        message: `${lineOf(entry)}: is mounted at ${show(elsewhere)}`,
      },
    ];
  }
  const why = whyNotMounted(mount, entry, mounts);
  if (why !== undefined) {
    return [
      {
        code: "mount/not-saved",
        severity: "loss",
        ...about,
        message: `${lineOf(entry)}: ${why}; it is rebuilt empty, since its files aren't in a backup`,
        remedy: "mount it for the backup and scan again, or save its files by other means",
      },
    ];
  }
  return [
    {
      code: "mount/not-mounted",
      severity: "warning",
      ...about,
      message: `${lineOf(entry)}: isn't mounted; it is rebuilt and mounted for the restore, which brings its files only if they were saved`,
      remedy: "mount it and scan again",
    },
  ];
}

function lineOf(entry: FstabEntry): string {
  return `/etc/fstab, line ${entry.line}: ${show(entry.spec)} on ${show(entry.place)}`;
}

function notThere(entry: FstabEntry, what: "unresolved" | "ambiguous", why: string): Finding {
  const isOptional = !isMountedByItself(entry.options) || entry.options.includes("nofail");
  return {
    code: `mount/${what}`,
    severity: isRemovable(entry.type, entry.spec) ? "note" : isOptional ? "warning" : "loss",
    message: `${lineOf(entry)}: ${why}; it is neither rebuilt nor mounted`,
    remedy: "attach it and scan again, or take the line out",
  };
}

/** Why a restore doesn't mount it either; undefined where it does. */
function whyNotMounted(mount: Mount, entry: FstabEntry, { joined }: JoinedMounts): string | undefined {
  if (joined.some((other) => other.mount.active && other.mount.at === mount.at))
    return "something else is mounted there";
  if (!isUsable(mount.at)) return "its name isn't UTF-8, and nothing can be mounted there";
  return isMountedByItself(entry.options) ? undefined : "is noauto and isn't mounted";
}

/** Drives whose medium comes and goes: no part of what is restored. */
function isRemovable(type: string, spec: string): boolean {
  return /\b(iso9660|udf)\b/.test(type) || /^\/dev\/(cdrom|dvd|sr\d|scd\d|fd\d|floppy)/.test(spec);
}

function activeAt(node: NodeId, { joined }: JoinedMounts): string | undefined {
  return joined.find(({ shown }) => shown?.thing.is === "node" && shown.thing.node === node)?.mount.at;
}

function aboutHidden({ joined, hidden }: JoinedMounts): Finding[] {
  const visible = new Set(joined.flatMap(({ shown }) => (shown?.thing.is === "node" ? [shown.thing.node] : [])));
  return hidden.flatMap(({ thing, mounted }) => {
    if (thing.is !== "node" || visible.has(thing.node)) return [];
    visible.add(thing.node);
    return [
      {
        code: "mount/hidden",
        severity: "loss" as const,
        node: thing.node,
        message: `${show(mounted.source)} is mounted at ${show(mounted.at)}, but another mount covers it: it is rebuilt empty, since its files aren't in a backup`,
        remedy: "mount it where it can be seen, and scan again",
      },
    ];
  });
}

/** Mounts that come and go by themselves: one line for each sort of them. */
function aboutLeft(left: readonly ShownMount[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { thing, mounted } of left) {
    const directory = containerDirectory(mounted.at);
    const what =
      thing.is === "passing"
        ? "of loop devices or removable media"
        : directory === undefined || directory === "/run"
          ? undefined
          : `of containers below ${directory}`;
    if (what !== undefined) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => ({
    code: "mount/passing",
    severity: "note",
    message: `${count} ${count === 1 ? "mount" : "mounts"} ${what} not recorded: what mounted them does it again`,
  }));
}

/** Filesystems that are rebuilt, but that nothing mounts: their files are in no backup. */
function aboutUnmounted({ joined, hidden }: JoinedMounts, draft: Draft): Finding[] {
  const used = new Set<NodeId>();
  for (const { shown, resolved } of joined) {
    if (shown?.thing.is === "node") used.add(shown.thing.node);
    if (resolved?.names.is === "node") used.add(resolved.names.node);
  }
  for (const { thing } of hidden) if (thing.is === "node") used.add(thing.node);
  return draft.blocks().flatMap((node) => {
    const device = draft.deviceOf(node.id);
    if (device?.signature?.usage !== "filesystem" || !draft.hasContent(node.id)) return [];
    if (used.has(node.id) || isOnPath(device, draft.inventory)) return [];
    return [
      {
        code: "mount/not-saved",
        severity: "loss" as const,
        node: node.id,
        message: `${node.name} holds ${device.signature.type}, which is neither mounted nor in /etc/fstab: it is rebuilt empty, since its files aren't in a backup`,
        remedy: "mount it for the backup and scan again, or save its files by other means",
      },
    ];
  });
}

function show(text: string): string {
  return /^[\w./=:,+@-]+$/.test(text) ? text : JSON.stringify(text);
}
