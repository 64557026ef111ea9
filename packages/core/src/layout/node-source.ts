import type { ProbeHost } from "../host/host.js";
import type { Probed } from "../host/probed.js";
import type { Draft } from "./draft.js";
import type { Inventory } from "./inventory.js";

/** What the layout stage needs of a storage kind: how to ask the machine, and what that adds to the layout. */
export interface NodeSource<F = unknown> {
  /** The kind's name, as it stands in nodes, contents and findings: `lvm`, `ext`. */
  readonly kind: string;
  /** Asks the machine. A tool that isn't there, with nothing to look at, is an empty answer and not a failure. */
  probe(host: ProbeHost, inventory: Inventory): Promise<Probed<F>>;
  /** First pass, in the order of the registry: the nodes. Pure. */
  nodes?(facts: F, draft: Draft): void;
  /** Second pass, once all nodes are there: contents, edges, mounts, configuration, findings. Pure. */
  contents?(facts: F, draft: Draft): void;
}
