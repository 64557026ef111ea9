import { BmrError } from "../error.js";
import { extended } from "../layout/extended.js";
import type { DraftStep, Token } from "./part.js";
import { PHASES, type Step, type StepId } from "./step.js";

/**
 * Turns what steps need and provide into edges, and sorts them: a stable topological order, by phase and then by
 * the order in which they came. Throws `plan-cycle` and `plan-incomplete`: both are errors of a kind, not of a server.
 */
export function order(drafts: readonly DraftStep[]): Step[] {
  const ranked = PHASES.flatMap((phase) => drafts.filter((draft) => draft.phase === phase));
  refuseTwins(ranked);
  const before = predecessors(ranked);
  return topological(ranked, before).map((at) => {
    const { needs: _needs, provides: _provides, ...step } = ranked[at] as DraftStep;
    return extended(step, { after: idsOf(before[at] as number[], ranked) });
  });
}

function refuseTwins(drafts: readonly DraftStep[]): void {
  const seen = new Set<StepId>();
  for (const { id } of drafts) {
    if (seen.has(id)) throw new BmrError("plan-incomplete", `two steps have the id ${id}`, { details: { step: id } });
    seen.add(id);
  }
}

function idsOf(indexes: readonly number[], drafts: readonly DraftStep[]): StepId[] {
  return indexes.map((index) => (drafts[index] as DraftStep).id);
}

/** Of each step the steps that it waits for: those that provide what it needs, without itself. */
function predecessors(drafts: readonly DraftStep[]): number[][] {
  const providers = providersOf(drafts);
  return drafts.map((draft, index) => {
    const found = new Set<number>();
    for (const token of draft.needs) {
      const steps = providers.get(token);
      if (steps === undefined && !token.startsWith("phase:")) {
        throw new BmrError("plan-incomplete", `step ${draft.id} needs ${token}, and no step provides that`, {
          details: { step: draft.id, token },
        });
      }
      for (const step of steps ?? []) if (step !== index) found.add(step);
    }
    return [...found];
  });
}

function providersOf(drafts: readonly DraftStep[]): Map<Token, number[]> {
  const providers = new Map<Token, number[]>();
  const provide = (token: Token, index: number) => {
    const list = providers.get(token);
    if (list === undefined) providers.set(token, [index]);
    else list.push(index);
  };
  for (const [index, draft] of drafts.entries()) {
    for (const token of draft.provides) provide(token, index);
    provide(`phase:${draft.phase}`, index);
  }
  return providers;
}

/** Kahn's algorithm with a heap on the given order, so that the result doesn't move when an edge is added elsewhere. */
function topological(drafts: readonly DraftStep[], before: readonly (readonly number[])[]): number[] {
  const waiting = before.map(({ length }) => length);
  const followers: number[][] = before.map(() => []);
  for (const [index, steps] of before.entries()) for (const step of steps) followers[step]?.push(index);
  const ready = new MinHeap();
  for (const [index, count] of waiting.entries()) if (count === 0) ready.push(index);
  const sorted: number[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    sorted.push(index);
    for (const follower of followers[index] as number[]) {
      waiting[follower] = (waiting[follower] as number) - 1;
      if (waiting[follower] === 0) ready.push(follower);
    }
  }
  if (sorted.length < drafts.length) {
    const stuck = drafts.filter((_, index) => (waiting[index] as number) > 0).map((draft) => draft.id);
    throw new BmrError("plan-cycle", `these steps wait for each other: ${stuck.join(", ")}`, {
      details: { steps: stuck },
    });
  }
  return sorted;
}

/** A binary heap of numbers, least first. */
class MinHeap {
  private readonly items: number[] = [];

  push(item: number): void {
    const { items } = this;
    items.push(item);
    let at = items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((items[parent] as number) <= item) break;
      items[at] = items[parent] as number;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const least = items[0];
    const last = items.pop();
    if (least === undefined || last === undefined || items.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child += 1;
      if ((items[child] as number) >= last) break;
      items[at] = items[child] as number;
      at = child;
    }
    items[at] = last;
    return least;
  }
}
