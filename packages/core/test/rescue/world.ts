/** Rescue systems made by hand, disk by disk, for what needs hardware of every kind at every place. */
import type { Identity } from "../../src/layout/identity.js";
import type { NodeId } from "../../src/layout/ids.js";
import { type BlockDevice, inventoryOf } from "../../src/layout/inventory.js";
import type { BoundNode, Content, Layout, LayoutNode, Machine } from "../../src/layout/layout.js";
import { digest } from "../../src/plan/build.js";
import type { DeviceRef, DiskRequirement } from "../../src/plan/part.js";
import type { Plan } from "../../src/plan/plan.js";
import { type Step, stepId } from "../../src/plan/step.js";
import type { MapPaths } from "../../src/rescue/map-paths.js";
import type { RescueFacts } from "../../src/rescue/rescue-facts.js";
import type { ResolveOptions } from "../../src/rescue/resolve.js";
import type { Seal } from "../../src/rescue/seal.js";

export const GIB: number = 1024 ** 3;

/** One disk, here or recorded. */
export interface TestDisk {
  readonly name: string;
  readonly identities: readonly Identity[];
  readonly bytes?: number;
  readonly sectorBytes?: number;
  readonly readOnly?: boolean;
  readonly content?: Content;
  /** Device-mapper's uuid: a multipath map. */
  readonly dmUuid?: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** Of a map: its paths here. */
  readonly paths?: MapPaths;
  /** Of a recorded map: how many paths it had. */
  readonly recordedPaths?: number;
}

export function id(text: string): NodeId {
  return text as NodeId;
}

export function volume(value: string, type = "wwid"): Identity {
  return { type, value, strength: "volume" };
}

export function place(value: string, type = "by-path"): Identity {
  return { type, value, strength: "place" };
}

export function hint(type: string, value: string): Identity {
  return { type, value, strength: "hint" };
}

export const SERVER: Machine = {
  hostname: "lnx01",
  architecture: "x86_64",
  system: null,
  places: ["dmi:6f9e1d0a-0000-4000-8000-000000000001"],
};

export const OTHER_MACHINE: Machine = { ...SERVER, hostname: "rescue", places: ["dmi:00000000-aaaa"] };

/** The id that the disk kind would give. */
export function nodeIdOf(disk: TestDisk): NodeId {
  const [identity] = disk.identities;
  return id(
    identity === undefined
      ? `disk:${disk.name}`
      : `${identity.strength === "volume" ? "lun" : "disk"}:${identity.value}`,
  );
}

export function requirement(disk: TestDisk): DiskRequirement {
  return {
    node: nodeIdOf(disk),
    role: disk.dmUuid === undefined ? "disk" : "map",
    name: disk.name,
    identities: disk.identities,
    bytes: disk.bytes ?? GIB,
    sectorBytes: disk.sectorBytes ?? 512,
    paths: disk.recordedPaths ?? null,
    readOnly: false,
  };
}

/** A step that erases a disk, as the disk kind plans it. */
export function wipe(node: NodeId): Step {
  return {
    id: stepId("wipe", node),
    title: `Wipe ${node}`,
    why: "",
    phase: "format",
    run: [{ do: "exec", argv: ["wipefs", "--all", "--force", { device: node }] }],
    after: [],
    destroys: [node],
    before: [{ is: "device", device: node }],
    done: [{ is: "signature", device: node, tag: "TYPE", equals: null }],
  };
}

export function planFor(
  disks: readonly TestDisk[],
  more: Partial<Pick<Plan, "steps" | "devices" | "params">> = {},
): Plan {
  const requirements = disks.map(requirement);
  const steps = more.steps ?? requirements.map((disk) => wipe(disk.node));
  return {
    format: "bmr-plan",
    version: 1,
    machine: SERVER,
    layoutDigest: digest(requirements),
    disks: requirements,
    devices: more.devices ?? ([] as DeviceRef[]),
    tools: [],
    params: more.params ?? [],
    steps,
    findings: [],
  };
}

/** What a rescue system has beside plain disks. */
export interface TestWorld extends Partial<Pick<RescueFacts, "uses" | "kept" | "autoActivation" | "lastUses">> {
  readonly machine?: Machine;
  readonly disks: readonly TestDisk[];
  readonly nodes?: readonly LayoutNode[];
  /** Partitions, holders, paths: with `slaves` or `partition` set. */
  readonly devices?: readonly BlockDevice[];
  readonly blank?: boolean | null;
}

export function factsOf(world: TestWorld): RescueFacts {
  const inventory = inventoryOf([...world.disks.map((disk, at) => deviceOf(disk, at)), ...(world.devices ?? [])]);
  const nodes = world.disks.map(nodeOf);
  const layout: Layout = {
    format: "bmr-layout",
    version: 1,
    machine: world.machine ?? SERVER,
    nodes: [...nodes, ...(world.nodes ?? [])],
    edges: [],
    mounts: [],
    config: {},
    findings: [],
  };
  const candidates = nodes.map((node, at) => {
    const name = (world.disks[at] as TestDisk).name;
    const { paths = null } = world.disks[at] as TestDisk;
    return { node, device: name, seal: sealOf(inventory.find(name)), paths, blank: world.blank ?? null };
  });
  const { uses = [], kept = [], autoActivation = { rules: [], stubborn: [] }, lastUses = new Map() } = world;
  return { layout, inventory, candidates, uses, kept, autoActivation, lastUses };
}

function nodeOf(disk: TestDisk): BoundNode {
  return {
    role: disk.dmUuid === undefined ? "disk" : "map",
    id: nodeIdOf(disk),
    kind: "disk",
    name: disk.name,
    detail: {},
    bytes: disk.bytes ?? GIB,
    readOnly: disk.readOnly ?? false,
    content: disk.content ?? { is: "empty" },
    sectorBytes: disk.sectorBytes ?? 512,
    physicalSectorBytes: 512,
    identities: disk.identities,
  };
}

function deviceOf(disk: TestDisk, at: number): BlockDevice {
  const dm = disk.dmUuid === undefined ? null : { name: `mpath${at}`, uuid: disk.dmUuid };
  return blockDevice(disk.name, 8, at * 16, {
    path: dm === null ? `/dev/${disk.name}` : `/dev/mapper/${dm.name}`,
    bytes: disk.bytes ?? GIB,
    readOnly: disk.readOnly ?? false,
    sectorBytes: disk.sectorBytes ?? 512,
    properties: disk.properties ?? {},
    dm,
  });
}

export function blockDevice(name: string, major: number, minor: number, more: Partial<BlockDevice> = {}): BlockDevice {
  return {
    name,
    path: `/dev/${name}`,
    type: "disk",
    major,
    minor,
    properties: {},
    links: [],
    bytes: GIB,
    readOnly: false,
    removable: false,
    sectorBytes: 512,
    physicalSectorBytes: 512,
    slaves: [],
    partition: null,
    dm: null,
    signature: null,
    signatureKnown: true,
    ...more,
  };
}

export function partition(of: string, number: number, minor: number, more: Partial<BlockDevice> = {}): BlockDevice {
  const name = `${of}${/\d$/.test(of) ? "p" : ""}${number}`;
  return blockDevice(name, 8, minor, { type: "partition", partition: { number, of, startBytes: 1048576 }, ...more });
}

export function sealOf(device: BlockDevice | undefined): Seal {
  return {
    dev: device === undefined ? null : `${device.major}:${device.minor}`,
    size: String((device?.bytes ?? 0) / 512),
    link: `../../devices/${device?.name}`,
    diskseq: null,
    dmUuid: device?.dm?.uuid ?? null,
    scsiWwid: null,
    nvmeWwid: null,
    serial: null,
    dasdUid: null,
  };
}

export function optionsFor(more: Partial<ResolveOptions> = {}): ResolveOptions {
  return {
    mode: "diskinit",
    mapping: [],
    existing: { all: "refuse", disks: {} },
    params: {},
    target: "/mnt/a",
    setDirectory: "/etc/BMR",
    ...more,
  };
}
