import type { LabImage } from "../lab/image.js";

/** What a scenario gets to work with. */
export interface ScenarioContext {
  /** Its own folder, empty: logs and shares of its VMs. */
  readonly dir: string;
  readonly image: LabImage;
}

/** What a scenario that passed has to say. */
export interface ScenarioOutcome {
  /** Lines for people: what was seen, numbers. */
  readonly report: readonly string[];
}

/** One end-to-end test. It passes when `run` returns and fails when it throws. */
export interface Scenario {
  /** As typed after `pnpm e2e`. */
  readonly name: string;
  /** What passing shows, in one line. */
  readonly summary: string;
  /** Whether it belongs to the set `ci`. */
  readonly quick: boolean;
  run(context: ScenarioContext): Promise<ScenarioOutcome>;
}
