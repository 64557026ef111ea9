import type { ProbeHost } from "./host/host.js";
import { askOnce } from "./host/once.js";
import type { Probed } from "./host/probed.js";
import { noticeUnanswered, type Unanswered } from "./host/unanswered.js";
import { assemble, type Facts } from "./layout/assemble.js";
import type { Finding } from "./layout/finding.js";
import type { Layout } from "./layout/layout.js";
import { machineFindings, readMachine } from "./layout/machine.js";
import type { NodeSource } from "./layout/node-source.js";
import { readInventory } from "./layout/read-inventory.js";

/** What a scan looks for. */
export interface ScanOptions {
  /** The storage kinds, in the order of the registry. */
  readonly kinds: readonly NodeSource[];
}

/** What a scan found. */
export interface Scan {
  readonly facts: Facts;
  readonly layout: Layout;
}

/**
 * Looks at a machine: which machine it is and its block devices once, then all kinds side by side, then everything put
 * together. Nothing is asked twice, and nothing is changed.
 *
 * @throws BmrError `host-unusable` where /sys or /proc isn't mounted
 */
export async function scan(host: ProbeHost, options: ScanOptions): Promise<Scan> {
  const { host: heard, unanswered } = noticeUnanswered(host);
  const once = askOnce(heard);
  const [machine, { inventory, findings }] = await Promise.all([readMachine(once), readInventory(once)]);
  const ofMachine = await machineFindings(once, machine);
  const probed = await Promise.all(
    options.kinds.map(
      async (kind): Promise<[string, Probed<unknown>]> => [kind.kind, await kind.probe(once, inventory)],
    ),
  );
  const open = unanswered();
  const facts: Facts = {
    machine,
    inventory,
    byKind: new Map(probed),
    findings: [...findings, ...ofMachine, ...(open.length === 0 ? [] : [leftOpen(open)])],
  };
  return { facts, layout: assemble(facts, options.kinds) };
}

/** How many questions are told one by one. */
const TOLD = 20;

/** What the kinds make of it they say themselves; this is said whatever they make of it. */
function leftOpen(open: readonly Unanswered[]): Finding {
  const told = open.slice(0, TOLD).map(({ asked, said }) => `${asked} ${said}`);
  const rest = open.length - told.length;
  return {
    code: "scan/unanswered",
    severity: "warning",
    message: `the machine left questions open: ${told.join("; ")}${rest === 0 ? "" : `; and ${rest} more`}`,
    remedy: "scan as root; see what they say when asked by hand, and scan again",
    holdsBack: true,
  };
}
