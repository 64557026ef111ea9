import { groupBy } from "../layout/group-by.js";
import type { DiskRequirement } from "../plan/part.js";
import type { Plan } from "../plan/plan.js";
import { humanBytes } from "../render/text.js";
import { type BoundBy, bindDisks } from "./bind-disks.js";
import { byPlace, lunNumber } from "./disk-place.js";
import { sharesIdentity } from "./identity-match.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";
import { touched } from "./stack.js";

/** Whether a disk of this size would do for a recorded one: as it is, cut by `--resize`, or not at all. */
export type SizeFit = "as-is" | "resized" | "no";

/** What is proposed for one recorded disk. */
export type Suggestion = { readonly disk: DiskRequirement; readonly rejected: readonly Rejected[] } & (
  | { readonly is: "found"; readonly candidate: Candidate; readonly by: BoundBy }
  | { readonly is: "proposed"; readonly candidate: Candidate; readonly why: string; readonly fit: SizeFit }
  /** More than one could be it, or none. */
  | { readonly is: "none"; readonly possible: readonly Candidate[] }
);

/** A disk here that isn't proposed, and why. */
export interface Rejected {
  readonly candidate: Candidate;
  readonly why: string;
}

/**
 * Proposes which disk here takes the place of each recorded one, for the site where every WWID, serial number and path
 * is another: by LUN number, place, size and order. What binds by itself is left to that. A proposal is made only where
 * one disk fits one recorded disk better than all others, both ways; everything else is left open. Pure.
 *
 * Never proposed are disks that the rescue system runs from or uses, that hold the recovery set, the journal or the
 * backup, that are read-only, of another sector size, or too small.
 *
 * @param fits by the recorded disk and the bytes of the disk here
 */
export function suggestMapping(
  plan: Plan,
  facts: RescueFacts,
  fits: (disk: DiskRequirement, bytes: number) => SizeFit = asLarge,
): readonly Suggestion[] {
  const bound = new Map(bindDisks(plan, facts, []).bindings.map((binding) => [binding.disk, binding]));
  const taken = new Set([...bound.values()].map(({ candidate }) => candidate));
  const open = plan.disks.filter((disk) => !bound.has(disk));
  const pairs = open.map((disk): Choice => {
    const judged = facts.candidates.map((candidate) => ({
      candidate,
      why: whyNot(disk, candidate, taken, facts, fits),
    }));
    return {
      disk,
      possible: judged.filter(({ why }) => why === undefined).map(({ candidate }) => candidate),
      rejected: judged.flatMap(({ candidate, why }) => (why === undefined ? [] : [{ candidate, why }])),
    };
  });
  const proposed = propose(pairs);
  return plan.disks.map((disk): Suggestion => {
    const binding = bound.get(disk);
    if (binding !== undefined) {
      return { disk, rejected: [], is: "found", candidate: binding.candidate, by: binding.by };
    }
    const { possible, rejected } = pairs.find((pair) => pair.disk === disk) as Choice;
    const found = proposed.get(disk);
    if (found === undefined) return { disk, rejected, is: "none", possible };
    return { disk, rejected, is: "proposed", ...found, fit: fits(disk, found.candidate.node.bytes ?? 0) };
  });
}

/** Without a word on what can be cut, a disk must be as large as the recorded one. */
function asLarge(disk: DiskRequirement, bytes: number): SizeFit {
  return bytes >= disk.bytes ? "as-is" : "no";
}

interface Choice {
  readonly disk: DiskRequirement;
  readonly possible: readonly Candidate[];
  readonly rejected: readonly Rejected[];
}

function whyNot(
  disk: DiskRequirement,
  candidate: Candidate,
  taken: ReadonlySet<Candidate>,
  facts: RescueFacts,
  fits: (disk: DiskRequirement, bytes: number) => SizeFit,
): string | undefined {
  const { node, device } = candidate;
  const reached = touched(facts.inventory, device);
  const kept = facts.kept.find((one) => reached.has(one.device));
  if (kept !== undefined) {
    return kept.as === "rescue-root" ? "the rescue system runs from it" : `${kept.path} (the ${kept.as}) lies on it`;
  }
  const use = facts.uses.find((one) => reached.has(one.device));
  if (use !== undefined) return "the rescue system uses it";
  if (taken.has(candidate)) return "it is another recorded disk itself";
  if (node.readOnly) return "it is read-only";
  if (node.sectorBytes !== disk.sectorBytes)
    return `its sectors have ${node.sectorBytes} bytes, not ${disk.sectorBytes}`;
  if (node.bytes === null) return "its size isn't known";
  return fits(disk, node.bytes) === "no" ? `it is too small: ${humanBytes(node.bytes)}` : undefined;
}

type Proposals = Map<DiskRequirement, { readonly candidate: Candidate; readonly why: string }>;

/** What makes one disk the likely one, the strongest first. */
const CLUES: readonly { readonly why: string; holds(disk: DiskRequirement, candidate: Candidate): boolean }[] = [
  { why: "the same place and the same size", holds: (a, b) => isSamePlace(a, b) && isSameSize(a, b) },
  { why: "the same LUN number and the same size", holds: (a, b) => isSameLun(a, b) && isSameSize(a, b) },
  { why: "the only one of the same size", holds: isSameSize },
  { why: "the same LUN number, and about the same size", holds: (a, b) => isSameLun(a, b) && isNear(a, b) },
  { why: "the only one of about the same size", holds: isNear },
];

function propose(choices: readonly Choice[]): Proposals {
  const proposals: Proposals = new Map();
  const left = () => {
    const given = new Set([...proposals.values()].map(({ candidate }) => candidate));
    return choices
      .filter(({ disk }) => !proposals.has(disk))
      .map(({ disk, possible }) => ({ disk, possible: possible.filter((one) => !given.has(one)) }));
  };
  for (const { why, holds } of CLUES) {
    for (const [disk, candidate] of mutual(left(), holds)) proposals.set(disk, { candidate, why });
    for (const [disk, candidate, place] of inOrder(left(), holds))
      proposals.set(disk, { candidate, why: `${why.replace(/^the only one of/, "of")}, ${place}` });
  }
  return proposals;
}

type Open = Pick<Choice, "disk" | "possible">;

/** Pairs of which each is the only one for the other. */
function mutual(
  choices: readonly Open[],
  holds: (disk: DiskRequirement, candidate: Candidate) => boolean,
): (readonly [DiskRequirement, Candidate])[] {
  const matching = choices.map(({ disk, possible }) => ({
    disk,
    possible: possible.filter((one) => holds(disk, one)),
  }));
  const wanted = groupBy(
    matching.flatMap(({ possible }) => possible),
    (candidate) => candidate,
  );
  return matching.flatMap(({ disk, possible: [only, ...more] }) =>
    only === undefined || more.length > 0 || wanted.get(only)?.length !== 1 ? [] : [[disk, only] as const],
  );
}

/** As many recorded disks as disks here that are alike in all: by their order, where both sides have one. */
function inOrder(
  choices: readonly Open[],
  holds: (disk: DiskRequirement, candidate: Candidate) => boolean,
): (readonly [DiskRequirement, Candidate, string])[] {
  const groups = groupBy(choices, ({ disk, possible }) =>
    possible
      .filter((one) => holds(disk, one))
      .map(({ device }) => device)
      .join(" "),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const candidates = first.possible.filter((one) => holds(first.disk, one));
    const others = choices.filter((choice) => !group.includes(choice));
    const isWanted = others.some(({ disk, possible }) =>
      possible.some((one) => candidates.includes(one) && holds(disk, one)),
    );
    if (group.length < 2 || candidates.length !== group.length || isWanted) return [];
    const disks = byPlace(
      group.map(({ disk }) => disk),
      ({ identities }) => identities,
    );
    const here = byPlace(candidates, ({ node }) => node.identities);
    if (disks === undefined || here === undefined) return [];
    return disks.map(
      (disk, at) => [disk, here[at] as Candidate, `number ${at + 1} of ${disks.length} by place`] as const,
    );
  });
}

function isSameSize(disk: DiskRequirement, { node }: Candidate): boolean {
  return node.bytes === disk.bytes;
}

/** An eighth more or less. */
function isNear(disk: DiskRequirement, { node }: Candidate): boolean {
  return Math.abs((node.bytes ?? 0) - disk.bytes) <= disk.bytes / 8;
}

function isSamePlace(disk: DiskRequirement, { node }: Candidate): boolean {
  return sharesIdentity(disk.identities, node.identities, "place");
}

function isSameLun(disk: DiskRequirement, { node }: Candidate): boolean {
  const recorded = lunNumber(disk.identities);
  return recorded !== undefined && recorded === lunNumber(node.identities);
}
