import { readFileSync } from "node:fs";
import type { Evidence } from "../../src/host/evidence.js";
import { readEvidence } from "../../src/host/evidence-file.js";
import type { ProbeHost } from "../../src/host/host.js";
import { replayHost } from "../../src/host/replay.js";
import { diskKind } from "../../src/kinds/disk/index.js";
import { lvmKind } from "../../src/kinds/lvm/index.js";
import { multipathKind } from "../../src/kinds/multipath/index.js";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import type { Layout } from "../../src/layout/layout.js";
import { scan } from "../../src/scan.js";

/** A real machine with all that this kind knows; see `fixtures/lvm/README.md`. */
export const evidence: Evidence = readEvidence(
  readFileSync(new URL("../fixtures/lvm/debian-12.evidence.json", import.meta.url), "utf8"),
);

export const BELOW = [diskKind, multipathKind, partitionTableKind] as const;

/** The machine with some of its answers changed: `stdout` of a program is put through these functions. */
export function changed(changes: Readonly<Record<string, (stdout: string) => string>>): Evidence {
  return {
    ...evidence,
    commands: evidence.commands.map((command) => {
      const change = changes[command.argv[0]];
      return change === undefined ? command : { ...command, stdout: change(command.stdout) };
    }),
  };
}

/** The machine with the texts of its volume groups changed. */
export function withBackups(change: (text: string) => string): Evidence {
  return {
    ...evidence,
    files: evidence.files.map((file) =>
      file.path.includes("/bmr-vg-") && "content" in file ? { ...file, content: change(file.content) } : file,
    ),
  };
}

/** A machine without the texts of its volume groups. */
export function withoutBackups(from: Evidence): Evidence {
  return { ...from, files: from.files.filter(({ path }) => !path.includes("/bmr-vg-")) };
}

/** The machine without the answers of one program. */
export function without(program: string): Evidence {
  return { ...evidence, commands: evidence.commands.filter(({ argv }) => argv[0] !== program) };
}

/** The layout of a machine as disks, tables and LVM see it. */
export async function layoutOf(from: Evidence | ProbeHost): Promise<Layout> {
  const host = "run" in from ? from : replayHost(from);
  return (await scan(host, { kinds: [...BELOW, lvmKind] })).layout;
}
