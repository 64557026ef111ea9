import {
  activationSteps,
  type BoundPlan,
  type Clearing,
  clearWay,
  confirmationWord,
  diskKind,
  endHoldOff,
  holdOffStep,
  kinds,
  letGoSteps,
  multipathKind,
  type ProbeHost,
  type RescueFacts,
  readAutoActivation,
  renamingOfMapped,
  runUnbound,
  type Step,
} from "@bmr/core";
import { fold } from "../fold.js";
import type { Io } from "../io.js";
import { lookAround, places, type Work } from "./bind-plan.js";

/** How steps are run before any disk is bound. */
export type RunOptions = Parameters<typeof runUnbound>[3];

/**
 * Makes way for the plan's own activation: what starts volume groups and arrays by itself is held off, and what the
 * rescue system has started on the paths of multipath maps is let go of, each by a step that is shown. What isn't the
 * recorded server's needs a word of the operator.
 *
 * @returns what was seen before anything was let go of; undefined where nothing was
 */
export async function makeWay(io: Io, work: Work, options: RunOptions): Promise<RescueFacts | undefined> {
  const { set, host } = work;
  const holdOff = holdOffStep(await readAutoActivation(host));
  if (holdOff !== undefined) await runUnbound(set.plan, [holdOff], host, options);
  const clearing = await findClearing(work);
  if (clearing.steps.length === 0) return undefined;
  io.say("The rescue system has started these, and multipath can't take their disks before they are let go of:");
  for (const { title } of clearing.steps) io.say(fold(`  ${title}`, 4));
  if (!(await mayLetGo(io, work, clearing))) return undefined;
  // what is in the volumes can be told as long as they are active
  const before = await lookAround(work);
  await runUnbound(set.plan, clearing.steps, host, options);
  return before;
}

/** The steps that would make way here and now, for a dry run. */
export async function stepsThatMakeWay(work: Work): Promise<readonly Step[]> {
  const holdOff = holdOffStep(await readAutoActivation(work.host));
  const { steps } = await findClearing(work);
  const activation = steps.length === 0 ? [] : activationSteps(work.set.plan, unboundOptions(work));
  return [...(holdOff === undefined ? [] : [holdOff]), ...steps, ...activation];
}

/** What arguments are filled in with before any disk is bound. */
export function unboundOptions(work: Work): RunOptions {
  return { ...places(work), params: work.request.params };
}

/**
 * What the mapped disks are called, so that the recorded multipath configuration admits them: it may multipath the LUNs
 * that it knows, and no others.
 */
export async function withMappedNames(work: Work, options: RunOptions): Promise<RunOptions> {
  const { entries } = work.request.mapping;
  if (entries.length === 0) return options;
  const facts = await lookAround(work, [diskKind, multipathKind]);
  return { ...options, renaming: renamingOfMapped(work.set.plan.disks, facts, entries, kinds) };
}

/** Lets what starts volume groups by itself do so again: bmr has let go, or has done nothing. */
export async function stopHoldingOff(work: Work, options: RunOptions): Promise<void> {
  const end = await endHoldOff(work.host);
  if (end !== undefined) await runUnbound(work.set.plan, [end], work.host, options);
}

/** The steps that let go of all that bmr holds; last of all, what the rescue system does by itself is allowed again. */
export async function lettingGo(bound: BoundPlan, host: ProbeHost): Promise<readonly Step[]> {
  const last = await endHoldOff(host);
  return [...(await letGoSteps(bound, host)), ...(last === undefined ? [] : [last])];
}

async function findClearing(work: Work): Promise<Clearing> {
  const { request, set } = work;
  if (!set.plan.disks.some(({ role }) => role === "map")) return { steps: [], foreign: [] };
  const { mode, mapping, existing } = request;
  return clearWay(set.plan, await lookAround(work, [diskKind, multipathKind]), {
    mode,
    mapping: mapping.entries,
    existing,
  });
}

async function mayLetGo(io: Io, { request, set }: Work, { foreign }: Clearing): Promise<boolean> {
  if (foreign.length === 0) return true;
  const word = confirmationWord(set.plan);
  io.say(`Not of ${set.plan.machine.hostname}:`);
  for (const line of foreign) io.say(fold(`  ${line}`, 4));
  if (request.confirm === word) return true;
  const answer = await io.ask("Let go of these? Nothing is erased by it, and what uses them stops. [yes/no] ");
  if (answer?.trim().toLowerCase() === "yes") return true;
  io.say(answer === undefined ? `nobody can be asked, so they stay; --confirm=${word} would answer` : "they stay");
  return false;
}
