import { BmrError } from "../error.js";
import type { DraftStep, Token } from "./part.js";
import { PHASES, type Step, type StepId } from "./step.js";

/**
 * Turns what steps need and provide into edges, and sorts them: a stable topological order, by phase and then by
 * the order in which they came. Throws `plan-cycle` and `plan-incomplete`: both are errors of a kind, not of a server.
 */
export function order(drafts: readonly DraftStep[]): Step[] {
  const ranked = drafts
    .map((draft, index) => ({ draft, rank: PHASES.indexOf(draft.phase) * drafts.length + index }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ draft }) => draft);
  const providers = providersOf(ranked);
  const after = new Map(ranked.map((draft) => [draft.id, predecessors(draft, providers)]));
  return topological(ranked, after).map(({ needs: _needs, provides: _provides, ...step }) => ({
    ...step,
    after: after.get(step.id) as StepId[],
  }));
}

function providersOf(drafts: readonly DraftStep[]): Map<Token, StepId[]> {
  const providers = new Map<Token, StepId[]>();
  const seen = new Set<StepId>();
  for (const draft of drafts) {
    if (seen.has(draft.id)) {
      throw new BmrError("plan-incomplete", `two steps have the id ${draft.id}`, { details: { step: draft.id } });
    }
    seen.add(draft.id);
    for (const token of [...draft.provides, `phase:${draft.phase}` as const]) {
      const list = providers.get(token);
      if (list === undefined) providers.set(token, [draft.id]);
      else list.push(draft.id);
    }
  }
  return providers;
}

function predecessors(draft: DraftStep, providers: ReadonlyMap<Token, readonly StepId[]>): StepId[] {
  const found = new Set<StepId>();
  for (const token of draft.needs) {
    const steps = providers.get(token);
    if (steps === undefined && !token.startsWith("phase:")) {
      throw new BmrError("plan-incomplete", `step ${draft.id} needs ${token}, and no step provides that`, {
        details: { step: draft.id, token },
      });
    }
    for (const step of steps ?? []) if (step !== draft.id) found.add(step);
  }
  return [...found];
}

/** Kahn's algorithm with a heap on the given order, so that the result doesn't move when an edge is added elsewhere. */
function topological(drafts: readonly DraftStep[], after: ReadonlyMap<StepId, readonly StepId[]>): DraftStep[] {
  const position = new Map(drafts.map((draft, index) => [draft.id, index]));
  const waiting = drafts.map((draft) => after.get(draft.id)?.length ?? 0);
  const followers: number[][] = drafts.map(() => []);
  for (const [index, draft] of drafts.entries()) {
    for (const before of after.get(draft.id) ?? []) followers[position.get(before) as number]?.push(index);
  }
  const ready = new MinHeap();
  for (const [index, count] of waiting.entries()) if (count === 0) ready.push(index);
  const sorted: DraftStep[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    sorted.push(drafts[index] as DraftStep);
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
