/**
 * Rescue systems at random: kernel names dealt anew, LUNs as maps or over bare paths, disks exchanged, shrunk, cloned,
 * read-only, in use, kept; two disks under one WWID; slips in `--map`. The rescue system's layout is made by the scan's
 * own code; the truth about each piece of hardware is known beside it.
 */
import fc from "fast-check";
import { known, type Probed } from "../../src/host/probed.js";
import { type DiskFact, diskKind } from "../../src/kinds/disk/index.js";
import { multipathKind } from "../../src/kinds/multipath/index.js";
import { assemble } from "../../src/layout/assemble.js";
import type { Identity } from "../../src/layout/identity.js";
import { type BlockDevice, inventoryOf } from "../../src/layout/inventory.js";
import type { BoundNode, Machine } from "../../src/layout/layout.js";
import type { DeviceUse } from "../../src/rescue/device-use.js";
import type { Kept } from "../../src/rescue/kept.js";
import type { MappingEntry } from "../../src/rescue/mapping.js";
import { type Candidate, candidateDevices, type RescueFacts } from "../../src/rescue/rescue-facts.js";
import { blockDevice, GIB, hint, id, place, sealOf, type TestDisk, volume } from "./world.js";

/** A piece of hardware: what it is, whatever it is called and wherever it is plugged in. */
export interface Unit {
  readonly serial: number;
  /**
   * - `lun`: has a WWID, and one path
   * - `multi`: has a WWID, and two paths: a multipath map where multipath works
   * - `dasd`: has a uid, and is addressed by its bus-id
   * - `bare`: has no identity of its own, as a virtio disk without a serial number
   */
  readonly kind: "lun" | "multi" | "dasd" | "bare";
  readonly bytes: number;
  readonly model: string;
}

/** Hardware where it is plugged in, as it is found here. */
export interface Plugged {
  readonly unit: Unit;
  readonly slot: number;
  /** Bytes that it has here: a volume may have been made anew, smaller or larger. */
  readonly bytes: number;
  readonly sectorBytes: number;
  readonly readOnly: boolean;
  /** A multipath map stands on it. */
  readonly mapped: boolean;
  /** One of its two paths has failed. */
  readonly failed: boolean;
  /** The unit whose WWID it shows. */
  readonly shows: number;
  /** Multipath has put it into the map of the unit whose WWID it shows. */
  readonly joins: boolean;
  readonly state: "blank" | "content" | "mounted" | "claimed" | "kept";
}

/** One `--map`, by what it means: a recorded disk, or none; a device here, one of its paths, or none. */
export interface Mapped {
  readonly from: number | null;
  readonly to: number | null;
  readonly as: "device" | "path";
}

/** What was recorded, and where it is to be rebuilt. */
export interface Scenario {
  readonly recorded: readonly { readonly unit: Unit; readonly slot: number }[];
  readonly here: readonly Plugged[];
  /** A number for kernel names, another one each. */
  readonly names: readonly number[];
  readonly sameMachine: boolean;
  readonly overwrite: boolean;
  readonly acceptSinglePath: boolean;
  readonly mapping: readonly Mapped[];
}

/** Whether a unit is a SCSI LUN. */
export function isLun({ kind }: Unit): boolean {
  return kind === "lun" || kind === "multi";
}

export const scenarios: fc.Arbitrary<Scenario> = fc.gen().map((gen): Scenario => {
  const nat = (max: number) => gen(fc.nat, max);
  const oneIn = (times: number) => nat(times - 1) === 0;
  const pick = <T>(items: readonly T[]): T => items[nat(items.length - 1)] as T;
  const unit = (serial: number): Unit => ({
    serial,
    kind: pick(["lun", "lun", "multi", "multi", "dasd", "bare"]),
    bytes: pick([GIB, GIB, 2 * GIB]),
    model: pick(["2107900", "2107900", "Virtio"]),
  });
  const recorded = Array.from({ length: 1 + nat(5) }, (_, at) => ({ unit: unit(at), slot: at }));
  const added = Array.from({ length: nat(3) }, (_, at) => unit(100 + at));
  // a clone: another volume, with all that can be copied
  const clones = Array.from({ length: nat(2) }, (_, at): Unit => {
    const { unit: original } = pick(recorded);
    return { ...original, kind: original.kind === "bare" ? "lun" : original.kind, serial: 200 + at };
  });
  const all = [...recorded.map(({ unit }) => unit), ...added, ...clones];
  const present = all.filter((_, at) => (at < recorded.length ? !oneIn(6) : !oneIn(3)));
  // what stays keeps its slot; what has no identity is only known by its slot, so it stays
  const stays = present.filter(({ serial, kind }) => serial < recorded.length && (kind === "bare" || !oneIn(3)));
  const free = [...all.keys()].filter((slot) => !stays.some(({ serial }) => serial === slot));
  const slotOf = (unit: Unit) =>
    stays.includes(unit) ? unit.serial : (free.splice(nat(free.length - 1), 1)[0] as number);
  const works = !oneIn(8);
  const here = present.map((unit): Plugged => {
    const slot = slotOf(unit);
    const mapped = unit.kind === "multi" ? works : unit.kind === "lun" && oneIn(20);
    const changed = oneIn(12);
    return {
      ...{ unit, slot, mapped, shows: unit.serial, joins: false },
      bytes: changed ? pick([unit.bytes - 512, unit.bytes + 512]) : unit.bytes,
      sectorBytes: oneIn(30) ? 4096 : 512,
      readOnly: oneIn(30),
      failed: unit.kind === "multi" && oneIn(12),
      state: oneIn(5) ? pick(["content", "content", "mounted", "claimed", "kept"]) : "blank",
    };
  });
  const luns = [...here.keys()].filter((at) => here[at]?.unit.kind === "lun" && here[at]?.mapped === false);
  if (luns.length > 0 && oneIn(5)) {
    const at = pick(luns);
    const impostor = here[at] as Plugged;
    const victims = all.filter((other) => isLun(other) && other !== impostor.unit);
    if (victims.length > 0) {
      const { serial } = pick(victims);
      const joins = here.some((other) => other.unit.serial === serial && other.mapped);
      here[at] = { ...impostor, shows: serial, joins };
    }
  }
  const mistakes = oneIn(3) ? 1 + nat(2) : 0;
  const mapping = Array.from({ length: mistakes }, (): Mapped => {
    const from = oneIn(8) ? null : nat(recorded.length - 1);
    const to = here.length === 0 || oneIn(8) ? null : nat(here.length - 1);
    return { from, to, as: oneIn(6) ? "path" : "device" };
  });
  return {
    ...{ recorded, here, mapping },
    names: gen(fc.shuffledSubarray, [...here.keys()], { minLength: here.length, maxLength: here.length }),
    sameMachine: !oneIn(3),
    overwrite: oneIn(2),
    acceptSinglePath: oneIn(4),
  };
});

/** A recorded disk, for a plan. */
export function recordedDisk({ unit, slot }: Scenario["recorded"][number]): TestDisk {
  const multi = unit.kind === "multi";
  return {
    name: `was${unit.serial}`,
    identities: multi
      ? [...path(unit, slot, unit.serial, 0), ...path(unit, slot, unit.serial, 1)]
      : one(unit, slot, unit.serial),
    bytes: unit.bytes,
    ...(multi ? { dmUuid: `mpath-${wwid(unit.serial)}`, recordedPaths: 2 } : {}),
  };
}

const wwid = (serial: number) => `36005${serial}`;

/** All that one path to a LUN tells. */
function path({ model, serial }: Unit, slot: number, shows: number, at: number): Identity[] {
  return [
    volume(wwid(shows)),
    place(`pci-slot-${slot}-path-${at}`),
    hint("serial", `75X${serial}`),
    hint("model", model),
  ];
}

function one(unit: Unit, slot: number, shows: number): Identity[] {
  const { kind, serial, model } = unit;
  if (kind === "dasd") {
    return [
      volume(`IBM.${serial}`, "dasd-uid"),
      place(`0.0.02${String(slot).padStart(2, "0")}`, "bus-id"),
      hint("model", model),
    ];
  }
  if (kind === "bare") return [place(`pci-slot-${slot}-path-0`), hint("model", model)];
  return path(unit, slot, shows, 0);
}

/** What one piece of hardware is called here: the kernel names of its paths, and of its map. */
export interface Names {
  readonly paths: readonly string[];
  readonly map: string | null;
}

/** The names of all hardware that is here. */
export function namesOf({ here, names }: Scenario): readonly Names[] {
  return here.map(({ unit, mapped }, at) => {
    const number = names[at] as number;
    const letter = String.fromCharCode(97 + number);
    if (unit.kind === "dasd") return { paths: [`dasd${letter}`], map: null };
    if (unit.kind === "bare") return { paths: [`vd${letter}`], map: null };
    const paths = unit.kind === "multi" ? [`sda${letter}`, `sdb${letter}`] : [`sd${letter}`];
    return { paths, map: mapped ? `dm-${number}` : null };
  });
}

/** The rescue system, as a scan and a look around it see it. */
export function factsOfScenario(scenario: Scenario, machine: Machine): RescueFacts {
  const names = namesOf(scenario);
  const devices = scenario.here.flatMap((plugged, at) => devicesOf(plugged, at, scenario, names));
  const inventory = inventoryOf(devices);
  const disks = scenario.here.flatMap((plugged, at) => diskFacts(plugged, names[at] as Names));
  const maps = devices.flatMap(({ name, dm, slaves }) =>
    dm === null
      ? []
      : [{ device: name, name: dm.name, wwid: dm.uuid.slice("mpath-".length), paths: slaves, report: null }],
  );
  const byKind = new Map<string, Probed<unknown>>([
    ["disk", known({ disks })],
    ["multipath", known({ maps, configuration: { files: [], unreadable: [] }, failures: [], unknownMaps: [] })],
  ]);
  const scanned = assemble({ machine, inventory, byKind, findings: [] }, [diskKind, multipathKind]);
  const dasds = scenario.here.flatMap((plugged, at) => dasdNode(plugged, names[at] as Names));
  const layout = { ...scanned, nodes: [...scanned.nodes, ...dasds] };
  const failed = new Set(scenario.here.flatMap((plugged, at) => (plugged.failed ? [names[at]?.paths[0]] : [])));
  const candidates = candidateDevices(layout, inventory).map(({ node, device }): Candidate => {
    const slaves = inventory.find(device)?.slaves ?? [];
    const works = (name: string) => !failed.has(name);
    const paths = { is: "known", usable: slaves.filter(works), failed: slaves.filter((name) => !works(name)) } as const;
    return {
      node,
      device,
      seal: sealOf(inventory.find(device)),
      paths: node.role === "map" ? paths : null,
      blank: null,
    };
  });
  return {
    ...{ layout, inventory, candidates },
    ...statesOf(scenario, names),
    autoActivation: { rules: [], stubborn: [] },
    lastUses: new Map(),
  };
}

function devicesOf(plugged: Plugged, at: number, scenario: Scenario, names: readonly Names[]): BlockDevice[] {
  const { unit, bytes, readOnly, sectorBytes, state, shows, joins } = plugged;
  const { paths, map } = names[at] as Names;
  const ext4 = { type: "ext4", uuid: null, label: null, usage: "filesystem", tableType: null, tableUuid: null };
  const signature = state === "content" ? ext4 : null;
  const properties: Readonly<Record<string, string>> = isLun(unit) ? { ID_BUS: "scsi", ID_SERIAL: wwid(shows) } : {};
  const common = { bytes, readOnly, sectorBytes };
  const hidden = map !== null || joins;
  const disks = paths.map((name, index) =>
    blockDevice(name, 8, at * 16 + index, {
      ...common,
      properties,
      ...(hidden ? { signatureKnown: false } : { signature }),
    }),
  );
  if (map === null) return disks;
  const joined = scenario.here.flatMap((other, index) =>
    other.joins && other.shows === unit.serial ? (names[index]?.paths ?? []) : [],
  );
  const dm = { name: `mp${map.slice(3)}`, uuid: `mpath-${wwid(unit.serial)}` };
  const more = { ...common, signature, slaves: [...paths, ...joined], dm, path: `/dev/mapper/${dm.name}` };
  return [...disks, blockDevice(map, 253, Number(map.slice(3)), more)];
}

function diskFacts({ unit, slot, shows, joins }: Plugged, { paths, map }: Names): DiskFact[] {
  if (unit.kind === "dasd") return [];
  const mapWwid = map !== null ? wwid(unit.serial) : joins ? wwid(shows) : null;
  return paths.map((device, at) => ({
    device,
    driver: unit.kind === "bare" ? ("virtio" as const) : ("scsi" as const),
    mapWwid,
    identities: unit.kind === "bare" ? one(unit, slot, shows) : path(unit, slot, shows, at),
    bus: null,
    vendor: null,
    model: unit.model,
    revision: null,
    serial: unit.kind === "bare" ? null : `75X${unit.serial}`,
    removable: null,
  }));
}

/** DASDs are another kind's, which needs a mainframe to be asked: here they are put in as it makes them. */
function dasdNode({ unit, slot, shows, bytes, readOnly, sectorBytes, state }: Plugged, { paths }: Names): BoundNode[] {
  if (unit.kind !== "dasd") return [];
  const content =
    state === "content"
      ? ({ is: "foreign", type: "ext4", uuid: null, label: null } as const)
      : ({ is: "empty" } as const);
  return [
    {
      ...{ role: "disk", id: id(`dasd:slot${slot}`), kind: "dasd", name: paths[0] as string, detail: {} },
      ...{ bytes, readOnly, content, sectorBytes, physicalSectorBytes: 4096, identities: one(unit, slot, shows) },
    },
  ];
}

/** Where a disk is used or kept, over its map or over one of its paths. */
function statesOf({ here }: Scenario, names: readonly Names[]): { uses: DeviceUse[]; kept: Kept[] } {
  const uses: DeviceUse[] = [];
  const kept: Kept[] = [];
  for (const [at, { state }] of here.entries()) {
    const { paths, map } = names[at] as Names;
    const device = (at % 2 === 0 ? map : null) ?? (paths.at(-1) as string);
    if (state === "mounted") uses.push({ device, as: "mounted", at: "/media/x" });
    if (state === "claimed") uses.push({ device, as: "claimed" });
    if (state === "kept") kept.push({ device, as: "backup", path: "/backup" });
  }
  return { uses, kept };
}

/** What the operator typed. */
export function mappingOf({ mapping, recorded }: Scenario, names: readonly Names[]): MappingEntry[] {
  return mapping.map(({ from, to, as }, at) => {
    const disk = from === null ? undefined : recorded[from];
    const old =
      disk === undefined
        ? "lun:nowhere"
        : at % 2 === 0
          ? `was${disk.unit.serial}`
          : (recordedDisk(disk).identities[0] as Identity).value;
    const here = to === null ? undefined : names[to];
    if (here === undefined) return { from: old, to: "/dev/nowhere" };
    const name = as === "path" ? (here.paths.at(-1) as string) : (here.map ?? (here.paths[0] as string));
    const path = name.startsWith("dm-") ? `/dev/mapper/mp${name.slice(3)}` : `/dev/${name}`;
    return { from: old, to: at % 2 === 0 ? path : name };
  });
}
