/**
 * Random rescue systems against an oracle that knows which piece of hardware each disk is, and never looks at an
 * identity: it says of each recorded disk which one must be bound, or that none may be. A few thousand, or with
 * BMR_TEST_LONG a hundred thousand.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { resolve } from "../../src/rescue/resolve.js";
import {
  factsOfScenario,
  isLun,
  mappingOf,
  namesOf,
  type Plugged,
  recordedDisk,
  type Scenario,
  scenarios,
  type Unit,
} from "./random-systems.js";
import { nodeIdOf, OTHER_MACHINE, optionsFor, planFor, SERVER } from "./world.js";

/** Which disk takes a recorded one's place, and whether it may; none where nothing does, or more than one may. */
interface Verdict {
  readonly to: Plugged | null;
  readonly by: "map" | "volume" | "place";
  readonly isBound: boolean;
}

const REFUSED: Verdict = { to: null, by: "map", isBound: false };

/** What must become of each recorded disk, by what the hardware is. One that takes two places takes none. */
function verdicts(scenario: Scenario): readonly Verdict[] {
  const found = scenario.recorded.map((recorded, at) => verdictOf(recorded, at, scenario));
  return found.map((verdict) => {
    const claims = found.filter(({ to }) => to !== null && to === verdict.to);
    return claims.length > 1 ? REFUSED : verdict;
  });
}

function verdictOf({ unit, slot }: Scenario["recorded"][number], at: number, scenario: Scenario): Verdict {
  const entries = scenario.mapping.filter(({ from }) => from === at);
  if (entries.length > 0) return byMapping(unit, entries, scenario);
  const isPlace = (other: Plugged) => other.slot === slot && (unit.kind === "dasd") === (other.unit.kind === "dasd");
  const there = scenario.here.find(isPlace);
  const now = scenario.here.find((other) => other.unit === unit);
  switch (unit.kind) {
    case "lun":
    case "multi": {
      const showing = scenario.here.filter((other) => isLun(other.unit) && other.shows === unit.serial && !other.joins);
      if (showing.length > 1 || (showing.length === 1 && showing[0] !== now)) return REFUSED;
      if (showing.length === 1) return whereItFits(unit, now as Plugged, "volume", scenario);
      return byPlace(unit, there, scenario);
    }
    case "dasd": {
      if (now !== undefined) return now.slot === slot ? whereItFits(unit, now, "volume", scenario) : REFUSED;
      const isRecorded = scenario.recorded.some((other) => other.unit === there?.unit);
      return there === undefined || isRecorded || !scenario.sameMachine || there.unit.model !== unit.model
        ? REFUSED
        : whereItFits(unit, there, "place", scenario);
    }
    case "bare":
      return byPlace(unit, there, scenario);
  }
}

/** Only what has no identity of its own may stand for what is lost, on the same machine. */
function byPlace(unit: Unit, there: Plugged | undefined, scenario: Scenario): Verdict {
  if (there === undefined || !scenario.sameMachine || there.unit.kind !== "bare") return REFUSED;
  return there.unit.model === unit.model ? whereItFits(unit, there, "place", scenario) : REFUSED;
}

/** Each word about a disk must be right, and all of them must mean the same one. */
function byMapping(unit: Unit, entries: Scenario["mapping"], scenario: Scenario): Verdict {
  const named = new Set<Plugged>();
  for (const { to, as } of entries) {
    const target = to === null ? undefined : scenario.here[to];
    if (target === undefined || !namesWhole(target, as)) return REFUSED;
    named.add(target);
  }
  const [target] = named;
  return named.size === 1 ? whereItFits(unit, target as Plugged, "map", scenario) : REFUSED;
}

/** Whether that name means all of a disk: not one of several paths. */
function namesWhole({ unit, mapped, joins }: Plugged, as: "device" | "path"): boolean {
  if (joins) return false;
  return !isLun(unit) || as === "device" || (!mapped && unit.kind === "lun");
}

/** Whether a disk will do for a recorded one, and may be erased. */
function whereItFits(unit: Unit, to: Plugged, by: "map" | "volume" | "place", scenario: Scenario): Verdict {
  const { overwrite, acceptSinglePath, here } = scenario;
  const paths = to.unit.kind === "multi" ? (to.failed ? 1 : 2) : 1;
  const isMerged = here.some((other) => other.joins && other.shows === to.unit.serial);
  const isReached = to.mapped
    ? unit.kind === "multi" && !isMerged && (acceptSinglePath || paths === 2)
    : unit.kind !== "multi" && to.unit.kind !== "multi";
  const may = to.state === "blank" || (to.state === "content" && overwrite);
  const fits = to.bytes >= unit.bytes && to.sectorBytes === 512 && !to.readOnly;
  return { to, by, isBound: isReached && may && fits };
}

const RUNS = process.env.BMR_TEST_LONG ? 100_000 : 2000;

/** As expect does; a hundred thousand times an expect for each disk would take most of the time. */
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it doesn't hold that ${what}`);
}

test("no disk is ever taken for another, none that is ambiguous is bound, and what can be known is", () => {
  const seen = { bound: 0, refused: 0, map: 0, volume: 0, place: 0, paths: 0, twins: 0 };
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const disks = scenario.recorded.map(recordedDisk);
      const facts = factsOfScenario(scenario, scenario.sameMachine ? SERVER : OTHER_MACHINE);
      const names = namesOf(scenario);
      const resolution = resolve(
        planFor(disks),
        facts,
        optionsFor({
          mapping: mappingOf(scenario, names),
          existing: { all: scenario.overwrite ? "overwrite" : "refuse", disks: {} },
          acceptSinglePath: scenario.acceptSinglePath,
        }),
      );
      const expected = verdicts(scenario);
      const isFine = expected.every(({ isBound }) => isBound) && scenario.mapping.every(({ from }) => from !== null);
      demand(isFine === (resolution.is === "bound"), `the whole is ${isFine ? "bound" : "refused"}`);
      seen.twins += scenario.here.some(({ unit, shows }) => unit.serial !== shows) ? 1 : 0;

      if (resolution.is === "bound") {
        seen.bound += 1;
        for (const [at, { device, by }] of resolution.bound.disks.entries()) {
          const verdict = expected[at] as Verdict;
          const { map, paths } = names[scenario.here.indexOf(verdict.to as Plugged)] ?? { map: null, paths: [] };
          demand(device === (map ?? paths[0]), "the right disk is bound, over all its paths");
          demand(by === verdict.by, `it is bound by ${verdict.by}`);
          seen[by] += 1;
          seen.paths += map === null ? 0 : 1;
        }
        return;
      }

      seen.refused += 1;
      const troubled = new Set(resolution.problems.map(({ node }) => node));
      for (const [at, disk] of disks.entries()) {
        const isTroubled = troubled.has(nodeIdOf(disk));
        demand(isTroubled === !expected[at]?.isBound, `recorded disk ${at} has a problem exactly where it should`);
      }
      for (const { remedy } of resolution.problems) demand(remedy !== "", "every problem has its remedy");
    }),
    { numRuns: RUNS },
  );
  // the systems are of every sort, or nothing was shown
  const few = Object.entries(seen).filter(([, count]) => count < RUNS / 200);
  expect(few).toEqual([]);
}, 1_800_000);
