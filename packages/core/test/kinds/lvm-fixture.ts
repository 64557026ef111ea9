import { readFileSync } from "node:fs";
import type { Evidence } from "../../src/host/evidence.js";
import { readEvidence } from "../../src/host/evidence-file.js";
import type { ProbeHost } from "../../src/host/host.js";
import { replayHost } from "../../src/host/replay.js";
import { diskKind } from "../../src/kinds/disk/index.js";
import { lvmKind } from "../../src/kinds/lvm/index.js";
import { multipathKind } from "../../src/kinds/multipath/index.js";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import type { Layout, LayoutNode } from "../../src/layout/layout.js";
import type { Arg } from "../../src/plan/arg.js";
import type { DraftStep } from "../../src/plan/part.js";
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

/** A node of a layout, where there is one. */
export function nodeOf(from: Layout, id: string): LayoutNode | undefined {
  return from.nodes.find((node) => node.id === id);
}

/** What LVM's findings are, each with its node. */
export function codes(from: Layout): string[] {
  return from.findings.filter(({ code }) => code.startsWith("lvm/")).map((f) => `${f.code} ${f.node ?? ""}`);
}

/** LVM's steps for a layout. */
export function stepsOf(from: Layout): readonly DraftStep[] {
  return lvmKind.steps?.(from).steps ?? [];
}

/** The ids of LVM's steps for a layout. */
export function idsOf(from: Layout): string[] {
  return stepsOf(from).map(({ id }) => id);
}

/** A file that LVM adds to the recovery set. */
export function fileOf(from: Layout, name: string): string | undefined {
  return lvmKind.steps?.(from).files?.find((file) => file.name === name)?.content;
}

/** An argument with its references in angle brackets. */
export function textOf(arg: Arg): string {
  if (typeof arg === "string") return arg;
  if ("concat" in arg) return arg.concat.map(textOf).join("");
  return "device" in arg ? `<${arg.device}>` : "setFile" in arg ? `<${arg.setFile}>` : "?";
}

/** The commands of a step, without what keeps them to their devices. */
export function commandsOf(from: Layout, step: string): string[][] {
  return (stepsOf(from).find(({ id }) => (id as string) === step)?.run ?? []).map((action) =>
    action.do === "exec" ? action.argv.map(textOf).filter((word) => !word.startsWith("devices {")) : [],
  );
}
