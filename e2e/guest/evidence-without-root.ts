/**
 * Prints an evidence file without the disk on which the lab's rescue system has its root, as if the machine had none.
 * Usage: `node evidence-without-root.mjs EVIDENCE`.
 */
import { readFileSync } from "node:fs";

interface Evidence {
  readonly commands: readonly { readonly argv: readonly string[]; readonly stdout: string }[];
  readonly files: readonly { readonly path: string; readonly content?: string; readonly names?: readonly string[] }[];
}

const root = "vda";
const without = (text: string, separator: string): string =>
  text
    .split(separator)
    .filter((part) => !part.includes(root))
    .join(separator);

const [, , file] = process.argv;
if (file === undefined) throw new Error("usage: evidence-without-root EVIDENCE");
const evidence = JSON.parse(readFileSync(file, "utf8")) as Evidence;
const commands = evidence.commands.map((command) =>
  command.argv[0] === "udevadm" ? { ...command, stdout: without(command.stdout, "\n\n") } : command,
);
const files = evidence.files
  .filter(({ path }) => !path.includes(root))
  .map(({ content, names, ...record }) => ({
    ...record,
    ...(names === undefined ? {} : { names: names.filter((name) => name !== root) }),
    ...(content === undefined
      ? {}
      : { content: record.path.endsWith("/mountinfo") ? without(content, "\n") : content }),
  }));
process.stdout.write(JSON.stringify({ ...evidence, commands, files }));
