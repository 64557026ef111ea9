import type { Arg } from "../plan/arg.js";
import type { Action, EachName, Phase, PlannedCommand, Step } from "../plan/step.js";
import { quotePosix } from "./quote.js";

/**
 * An argument for people and for a POSIX shell. References stand as what `BMRcmds` explains in its head:
 * `"$(dev lun:36…)"`, `"$TARGET"/boot`, `"$SET"/VG-vg0`, `"$PARAM_name"`, `"$EACH"`.
 */
export function renderArg(arg: Arg): string {
  if (typeof arg === "string") return quotePosix(arg);
  if ("device" in arg) return `"$(dev ${arg.as === "pattern" ? "-p " : ""}${quotePosix(arg.device)})"`;
  if ("target" in arg) return arg.target === "/" ? '"$TARGET"' : `"$TARGET"${quotePosix(arg.target)}`;
  if ("setFile" in arg) return `"$SET"/${quotePosix(arg.setFile)}`;
  if ("param" in arg) return `"$PARAM_${arg.param.replace(/[^A-Za-z0-9_]/g, "_")}"`;
  if ("each" in arg) return '"$EACH"';
  return arg.concat.map(renderArg).join("");
}

/** An action of a plan as one shell command (of several lines where it carries a text). */
export function renderAction(action: Action): string {
  switch (action.do) {
    case "exec":
      return action.forEach === undefined ? renderCommand(action) : renderEach(action.forEach, renderCommand(action));
    case "pipe":
      return action.stages.map(renderCommand).join(" | ");
    case "write":
      return `printf %s ${quotePosix(action.content)} > ${renderArg(action.path)}`;
    case "rename":
      return `: by bmr alone: names of disks in ${action.files.map(renderArg).join(" ")}`;
    case "search":
      return `: by bmr alone: old names of disks below ${action.in.map(renderArg).join(" ")}`;
  }
}

function renderEach({ list, having }: EachName, command: string): string {
  const guard = having === undefined ? "" : `[ -e ${renderArg(having)} ] || continue; `;
  return `for EACH in $(ls ${renderArg(list)}); do ${guard}${command}; done`;
}

function renderCommand(command: PlannedCommand): string {
  const env = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${quotePosix(value)}`);
  const text = [...env, ...command.argv.map(renderArg)].join(" ");
  if (command.stdin === undefined) return text;
  if ("file" in command.stdin) return `${text} < ${renderArg(command.stdin.file)}`;
  return `printf %s ${quotePosix(command.stdin.text)} | ${text}`;
}

/** The two letters in columns 1 and 2 of BMRcmds: which recovery mode runs the command. */
export const MODE_CODES: Readonly<Record<Phase, string>> = {
  activate: "DI",
  format: "DI",
  partition: "DI",
  assemble: "DI",
  make: "DI",
  mount: "MO",
  restore: "RE",
  boot: "BO",
  release: "UM",
};

const HEAD = `## Columns 1-2 say which mode runs a line: DI diskinit, MO mount, RE restore, BO boot, UM umount; ## is a comment,
## ++ goes on with the line above. From column 4 on it is POSIX shell: cut -c4- BMRcmds.
## "$(dev ID)" is the device of that id in the rescue system (bmr show tells what it is), and with -p the
## same as a pattern for LVM ([+] for +). "$TARGET" is the mount point of the restore (/mnt/a), "$SET" this directory,
## "$PARAM_x" a choice of the day.`;

/** The plan as text that can be read, and typed by hand if all else fails: BMRcmds. */
export function renderBmrCommands(plan: {
  readonly machine: { readonly hostname: string };
  readonly steps: readonly Step[];
}): string {
  const lines = [`## bmr: what rebuilds ${plan.machine.hostname}`, HEAD];
  for (const step of plan.steps) {
    lines.push("##", `## ${oneLine(step.title)} (${step.id})`);
    if (step.destroys.length > 0) lines.push(`## erases ${step.destroys.join(", ")}`);
    if (step.when !== undefined) {
      lines.push(`## only when ${renderArg({ param: step.when.param })} is ${quotePosix(step.when.equals)}`);
    }
    for (const action of step.run) lines.push(coded(MODE_CODES[step.phase], renderAction(action)));
  }
  const releases = plan.steps.filter((step) => step.release !== undefined).reverse();
  if (releases.length > 0) lines.push("##", "## Let go of everything, last first");
  for (const step of releases) {
    for (const action of step.release ?? []) lines.push(coded(MODE_CODES.release, renderAction(action)));
  }
  return `${lines.join("\n")}\n`;
}

/** A command of several lines goes on with `++`, so that from column 4 on the file is shell text, whatever a text holds. */
function coded(code: string, text: string): string {
  return `${code} ${text.replaceAll("\n", "\n++ ")}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
