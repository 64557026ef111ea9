/**
 * Prints the commands of an evidence file as a plain shell script that runs them one after another, in the order in which
 * they were recorded. Usage: `node evidence-to-sh.mjs EVIDENCE`.
 */
import { readFileSync } from "node:fs";

interface Evidence {
  readonly commands: readonly { readonly argv: readonly string[] }[];
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const [, , file] = process.argv;
if (file === undefined) throw new Error("usage: evidence-to-sh EVIDENCE");
const { commands } = JSON.parse(readFileSync(file, "utf8")) as Evidence;
if (commands.length === 0) throw new Error(`${file}: no commands`);
process.stdout.write("LC_ALL=C; export LC_ALL\n");
for (const { argv } of commands) process.stdout.write(`${argv.map(quote).join(" ")} </dev/null >/dev/null 2>&1\n`);
