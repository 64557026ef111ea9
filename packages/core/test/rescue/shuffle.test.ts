/**
 * Ten thousand shuffled rescue systems: kernel names are dealt anew, disks change places, clones with the same content
 * and size stand beside them, some are missing, others are new. The oracle knows which piece of hardware each disk is.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Identity } from "../../src/layout/identity.js";
import { resolve } from "../../src/rescue/resolve.js";
import {
  factsOf,
  GIB,
  hint,
  nodeIdOf,
  OTHER_MACHINE,
  optionsFor,
  place,
  planFor,
  SERVER,
  type TestDisk,
  volume,
} from "./world.js";

/** A piece of hardware: what it is, whatever it is called and wherever it is plugged in. */
interface Unit {
  readonly serial: number;
  /**
   * - `lun`: has a WWID
   * - `dasd`: has a uid, and is addressed by its bus-id
   * - `bare`: has no identity of its own, as a virtio disk without a serial number
   */
  readonly kind: "lun" | "dasd" | "bare";
  readonly bytes: number;
  readonly model: string;
}

/** Hardware where it is plugged in. */
interface Plugged {
  readonly unit: Unit;
  readonly slot: number;
}

interface Scenario {
  readonly recorded: readonly Plugged[];
  readonly here: readonly Plugged[];
  /** Kernel names here, dealt at random. */
  readonly names: readonly string[];
  readonly sameMachine: boolean;
  /** The WWID of one LUN here is shown by another disk too, as a badly made copy does. */
  readonly doubled: number | null;
}

const kind = fc.constantFrom("lun", "lun", "dasd", "bare") as fc.Arbitrary<Unit["kind"]>;
const bytes = fc.constantFrom(GIB, GIB, 2 * GIB);
const model = fc.constantFrom("Virtio", "2107900", "2107900");

const units = (base: number, least: number, most: number): fc.Arbitrary<Unit[]> =>
  fc
    .array(fc.record({ kind, bytes, model }), { minLength: least, maxLength: most })
    .map((list) => list.map((unit, at) => ({ ...unit, serial: base + at })));

const scenario: fc.Arbitrary<Scenario> = fc
  .record({ recorded: units(0, 1, 6), added: units(100, 0, 4), clones: fc.array(fc.nat(5), { maxLength: 3 }) })
  .chain(({ recorded, added, clones }) => {
    // a clone: another volume, with all that can be copied
    const copies = clones.map((at, index): Unit => {
      const original = recorded[at % recorded.length] as Unit;
      return { ...original, kind: original.kind === "bare" ? "lun" : original.kind, serial: 200 + index };
    });
    const all = [...recorded, ...added, ...copies];
    return fc
      .record({
        present: fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
        stays: fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
        slots: fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
        names: fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
        sameMachine: fc.boolean(),
        doubled: fc.option(fc.nat(all.length - 1), { freq: 8 }),
      })
      .map(({ present, stays, slots, names, sameMachine, doubled }): Scenario => {
        const original: Plugged[] = recorded.map((unit, slot) => ({ unit, slot }));
        return {
          recorded: original,
          here: plugIn(all, recorded.length, present, stays, slots),
          names: names.map((at) => `sd${String.fromCharCode(97 + at)}`),
          sameMachine,
          doubled,
        };
      });
  });

/** Hardware that stays keeps its slot; all other goes into the free ones. What has no identity is only known by its slot, so it stays. */
function plugIn(
  all: readonly Unit[],
  recorded: number,
  present: readonly boolean[],
  stays: readonly boolean[],
  slots: readonly number[],
): Plugged[] {
  const isFixed = (at: number) => at < recorded && (stays[at] === true || all[at]?.kind === "bare");
  const taken = new Set([...all.keys()].filter((at) => present[at] === true && isFixed(at)));
  const free = slots.filter((slot) => !taken.has(slot));
  return [...all.keys()]
    .filter((at) => present[at] === true)
    .map((at) => ({ unit: all[at] as Unit, slot: isFixed(at) ? at : (free.pop() as number) }));
}

function identitiesOf({ unit, slot }: Plugged): Identity[] {
  const common = [hint("model", unit.model)];
  if (unit.kind === "dasd") {
    return [
      volume(`IBM.${unit.serial}`, "dasd-uid"),
      place(`0.0.02${String(slot).padStart(2, "0")}`, "bus-id"),
      ...common,
    ];
  }
  const own = unit.kind === "lun" ? [volume(`36005${unit.serial}`)] : [];
  return [...own, place(`pci-0000:00:${slot}`), ...common];
}

function diskOf(plugged: Plugged, name: string): TestDisk {
  return { name, identities: identitiesOf(plugged), bytes: plugged.unit.bytes };
}

function worldOf({ here, names, sameMachine, doubled }: Scenario) {
  const disks = here.map((plugged, at) => diskOf(plugged, names[at] as string));
  const original =
    doubled === null ? undefined : here.find(({ unit }) => unit.kind === "lun" && unit.serial === doubled);
  const other = here.findIndex(({ unit }) => unit !== original?.unit && unit.kind === "lun");
  const doubledAt = original === undefined ? -1 : other;
  if (original !== undefined && doubledAt !== -1) {
    const copy = disks[doubledAt] as TestDisk;
    const wwid = volume(`36005${original.unit.serial}`);
    disks[doubledAt] = { ...copy, identities: [wwid, ...copy.identities.slice(1)] };
  }
  return {
    facts: factsOf({ machine: sameMachine ? SERVER : OTHER_MACHINE, disks }),
    isDoubled: (serial: number) => doubledAt !== -1 && serial === original?.unit.serial,
    hidden: doubledAt === -1 ? undefined : here[doubledAt]?.unit.serial,
  };
}

/** As expect does; ten thousand times an expect for each disk would take most of the time. */
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it doesn't hold that ${what}`);
}

test("a disk is never taken for another, and the right one is found where it can be known", () => {
  let [bound, refused, byPlace] = [0, 0, 0];
  fc.assert(
    fc.property(scenario, (scenario) => {
      const disks = scenario.recorded.map((plugged, at) => diskOf(plugged, `sd${at}`));
      const { facts, isDoubled, hidden } = worldOf(scenario);
      const resolution = resolve(planFor(disks), facts, optionsFor());
      const unitNamed = (name: string) => scenario.here[scenario.names.indexOf(name)] as Plugged;
      const isHere = (unit: Unit) => scenario.here.some((plugged) => plugged.unit === unit);

      if (resolution.is === "bound") {
        bound += 1;
        const targets = resolution.bound.disks.map((disk) => disk.device);
        demand(new Set(targets).size === targets.length, "each disk is bound once");
        for (const [at, disk] of resolution.bound.disks.entries()) {
          const { unit, slot } = scenario.recorded[at] as Plugged;
          const target = unitNamed(disk.device);
          if (target.unit === unit) continue;
          // Another piece of hardware may only stand where the lost one was, on the same machine, as its replacement.
          byPlace += 1;
          demand(disk.by === "place" && disk.volume === (unit.kind === "bare" ? "unknown" : "replaced"), "is listed");
          demand(scenario.sameMachine && target.slot === slot, "is at the place");
          demand(!isHere(unit), "takes the place of a lost disk only");
          demand(!scenario.recorded.some((other) => other.unit === target.unit), "isn't another recorded disk");
          demand(target.unit.kind === "bare" || (target.unit.kind === "dasd" && unit.kind === "dasd"), "isn't known");
          demand(target.unit.model === unit.model && target.unit.bytes >= unit.bytes, "fits");
        }
        return;
      }

      refused += 1;
      const troubled = new Set(resolution.problems.map((problem) => problem.node));
      for (const plugged of scenario.recorded) {
        const { unit, slot } = plugged;
        const now = scenario.here.find((other) => other.unit === unit);
        const isKnown =
          now !== undefined &&
          unit.serial !== hidden &&
          !isDoubled(unit.serial) &&
          (unit.kind === "lun" || (now.slot === slot && (scenario.sameMachine || unit.kind === "dasd")));
        // a problem with one disk keeps no other from being found
        if (isKnown) demand(!troubled.has(nodeIdOf(diskOf(plugged, ""))), "what can be known is bound");
      }
      for (const problem of resolution.problems) {
        demand(problem.remedy.includes("--map "), "every problem has its remedy");
      }
    }),
    { numRuns: 10_000 },
  );
  // the scenarios are of every kind, or nothing was shown
  expect({ bound: bound > 500, refused: refused > 500, byPlace: byPlace > 20 }).toEqual({
    bound: true,
    refused: true,
    byPlace: true,
  });
});
