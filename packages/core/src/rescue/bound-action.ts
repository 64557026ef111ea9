import type { ExecRequest } from "../host/host.js";
import type { PlannedCommand } from "../plan/step.js";

/** A command with every argument filled in, and as it was planned. */
export interface BoundCommand {
  readonly planned: PlannedCommand;
  readonly request: ExecRequest;
}

/** An action as it is run, word for word. */
export type BoundAction =
  /** `times`: how often it is tried in all, because of the `race`. */
  | { readonly do: "exec"; readonly command: BoundCommand; readonly times: number; readonly race: string }
  | { readonly do: "pipe"; readonly stages: readonly [BoundCommand, ...BoundCommand[]] }
  | {
      readonly do: "write";
      readonly path: string;
      readonly content: string;
      readonly mode?: number;
      readonly sysfs?: boolean;
      /** The text that is there now: the new file gets all attributes of the old one. */
      readonly replaces?: string;
    };

/** An action that can't be filled in: the directory of its `forEach` can't be listed. */
export interface UnboundAction {
  readonly do: "nothing";
  readonly why: string;
}
