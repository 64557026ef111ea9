import type { Probed } from "../host/probed.js";
import { type Draft, finishedNodes, newDraft } from "./draft.js";
import type { Finding } from "./finding.js";
import type { NodeId } from "./ids.js";
import { type Inventory, isPassing } from "./inventory.js";
import type { Content, Layout, Machine, Mount } from "./layout.js";
import type { NodeSource } from "./node-source.js";

/** What all probes found, by kind. */
export interface Facts {
  readonly machine: Machine;
  readonly inventory: Inventory;
  readonly byKind: ReadonlyMap<string, Probed<unknown>>;
  /** What the host, the inventory or the machine had to say. */
  readonly findings: readonly Finding[];
}

/** Assembles the layout: all nodes first, then contents, edges and mounts by id; what is left over becomes a finding. Pure. */
export function assemble(facts: Facts, sources: readonly NodeSource[]): Layout {
  const draft = newDraft(facts.inventory, facts.machine);
  for (const finding of facts.findings) draft.addFinding(finding);
  const answered = sources.filter((source) => hasFacts(source, facts, draft));
  for (const source of answered) source.nodes?.(factsOf(source, facts), draft);
  for (const source of answered) source.contents?.(factsOf(source, facts), draft);
  const state = draft.take();
  const nodes = finishedNodes(state, (id) => leftOver(id, draft));
  reportUnclaimed(draft);
  return {
    format: "bmr-layout",
    version: 1,
    machine: facts.machine,
    nodes,
    edges: state.edges,
    mounts: sortMounts(state.mounts),
    config: state.config,
    findings: state.findings,
  };
}

function factsOf(source: NodeSource, facts: Facts): unknown {
  const probed = facts.byKind.get(source.kind);
  return probed?.is === "known" ? probed.facts : undefined;
}

function hasFacts(source: NodeSource, facts: Facts, draft: Draft): boolean {
  const probed = facts.byKind.get(source.kind);
  if (probed === undefined) return false;
  if (probed.is === "known") return true;
  const { failure } = probed;
  draft.addFinding({
    code: `${source.kind}/probe-${failure.reason}`,
    severity: "loss",
    message: `${source.kind} couldn't be looked at: ${failure.message}`,
    remedy:
      failure.reason === "missing" ? "install the tool and scan again" : "see what the tool says when run by hand",
    // a recording that lacks an answer says nothing of the machine
    ...(failure.reason === "not-recorded" ? {} : { holdsBack: true }),
  });
  return false;
}

/** A block node that no kind gave a content: empty when someone looked, foreign when there is a signature. */
function leftOver(id: NodeId, draft: Draft): Content {
  const device = draft.deviceOf(id);
  if (device === undefined) return { is: "unknown", why: "its device isn't active" };
  if (!device.signatureKnown) return { is: "unknown", why: "neither udev nor blkid told what is on it" };
  const signature = device.signature;
  const type = signature?.type ?? signature?.tableType ?? null;
  if (signature === null || type === null) return { is: "empty" };
  draft.addFinding({
    code: "layout/not-restored",
    severity: "loss",
    node: id,
    message: `${device.name} holds ${type}${signature.label ? ` (label ${JSON.stringify(signature.label)})` : ""}, which is not restored`,
    remedy: "save and rebuild it by other means, or leave it out knowingly",
  });
  return { is: "foreign", type, uuid: signature.uuid, label: signature.label };
}

/** Devices that can hold data and that no kind made a node of. */
function reportUnclaimed(draft: Draft): void {
  for (const device of draft.inventory.devices) {
    if (draft.idOf(device.name) !== undefined || draft.isClaimed(device.name) || isPassing(device.name)) continue;
    // a card reader without a card; a RAID container has no bytes of its own either, but members
    if (device.bytes === 0 && device.slaves.length === 0) continue;
    draft.addFinding({
      code: "layout/unclaimed-device",
      severity: device.signature?.type || device.dm ? "loss" : "warning",
      message: `${device.name}${device.dm ? ` (${device.dm.name}, ${device.dm.uuid || "no dm uuid"})` : ""} is a block device of a kind that is not restored`,
      remedy: "save and rebuild it by other means, or leave it out knowingly",
    });
  }
}

/** By path, parents before what is mounted below them; what is mounted over another keeps its order. */
function sortMounts(mounts: readonly Mount[]): Mount[] {
  return mounts
    .map((mount, order) => ({ mount, order, parts: mount.at.split("/").filter(Boolean) }))
    .sort((a, b) => compareParts(a.parts, b.parts) || a.order - b.order)
    .map(({ mount }) => mount);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [partA, partB] = [a[i] as string, b[i] as string];
    if (partA !== partB) return partA < partB ? -1 : 1;
  }
  return a.length - b.length;
}
