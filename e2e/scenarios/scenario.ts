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

interface ScenarioTitle {
  /** As typed after `pnpm e2e`. */
  readonly name: string;
  /** What passing shows, in one line. */
  readonly summary: string;
  /** Whether it belongs to the set `ci`. */
  readonly quick: boolean;
}

/** A test of the product in virtual machines. It passes when `run` returns and fails when it throws. */
export interface VmScenario extends ScenarioTitle {
  readonly kind: "vm";
  run(context: ScenarioContext): Promise<ScenarioOutcome>;
}

/** A test of the lab itself, on the host: neither VMs nor the product take part. */
export interface HostScenario extends ScenarioTitle {
  readonly kind: "host";
  run(context: Pick<ScenarioContext, "dir">): Promise<ScenarioOutcome>;
}

/** One end-to-end test. */
export type Scenario = VmScenario | HostScenario;
