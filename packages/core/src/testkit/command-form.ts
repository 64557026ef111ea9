import { basename } from "node:path";
import type { Argv } from "../host/outcome.js";

/**
 * What a command asks, apart from how it was typed: the program, its operands, and the form of the answer. Two argv
 * with the same question can stand for each other in a loose replay.
 */
export function questionOf(argv: Argv): string {
  const program = basename(argv[0]);
  const tool = TOOLS[program];
  // of a program that isn't known here, any option may change what is asked
  if (tool === undefined) return JSON.stringify([program, ...argv.slice(1)]);
  const words = wordsOf(argv, tool);
  const operands = tool.operands === undefined ? words.operands : tool.operands(words);
  return JSON.stringify([program, tool.form(words), ...operands]);
}

interface Words {
  /** The value, or true, of each option by its name as typed. */
  readonly options: ReadonlyMap<string, string | true>;
  readonly operands: readonly string[];
}

interface Tool {
  /** Options whose value is the next word (or, after a single letter, the rest of the word). */
  readonly values: readonly string[];
  /** Whatever of the options decides what is asked, and what the answer looks like. Columns don't. */
  form(words: Words): string;
  /** The operands, where some are written as options. */
  operands?(words: Words): readonly string[];
}

function wordsOf(argv: Argv, tool: Tool): Words {
  const options = new Map<string, string | true>();
  const operands: string[] = [];
  const rest = argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const short = word.slice(0, 2);
    if (word === "--") operands.push(...rest.splice(0));
    else if (!word.startsWith("-") || word === "-") operands.push(word);
    else if (word.startsWith("--") && word.includes("=")) {
      options.set(word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1));
    } else if (tool.values.includes(word)) options.set(word, rest.shift() ?? true);
    else if (!word.startsWith("--") && tool.values.includes(short)) options.set(short, word.slice(2));
    else options.set(word, true);
  }
  return { options, operands };
}

/** The first of these options that is given, by the name that stands first in its row. */
function oneOf(words: Words, ...synonyms: readonly (readonly [string, ...string[]])[]): string {
  const given = synonyms.find((names) => names.some((name) => words.options.has(name)));
  return given?.[0] ?? "";
}

/** The value of an option under any of its names. */
function optionValue(words: Words, ...names: readonly string[]): string {
  for (const name of names) {
    const value = words.options.get(name);
    if (value !== undefined) return String(value);
  }
  return "";
}

/** pvs, vgs and lvs: sizes in other units and text instead of JSON are other forms; columns are not. */
const LVM_REPORT: Tool = {
  values: ["--reportformat", "--config", "--units", "--separator", "--options", "-o", "--sort", "-O", "--select", "-S"],
  form: (words) =>
    [
      optionValue(words, "--reportformat") || "text",
      optionValue(words, "--separator"),
      optionValue(words, "--select", "-S"),
      optionValue(words, "--units"),
      oneOf(words, ["--nosuffix"]),
      oneOf(words, ["--noheadings"]),
    ].join(" "),
};

/** The programs that the recorded systems hold, and the ways in which they are asked. */
const TOOLS: Readonly<Record<string, Tool>> = {
  lvs: LVM_REPORT,
  vgs: LVM_REPORT,
  pvs: LVM_REPORT,
  lsblk: {
    values: ["-o", "--output", "-I", "--include", "-e", "--exclude", "-x", "--sort"],
    form: (words) =>
      [
        oneOf(words, ["--json", "-J"], ["--pairs", "-P"], ["--raw", "-r"], ["--list", "-l"]),
        oneOf(words, ["--bytes", "-b"]),
        oneOf(words, ["--inverse", "-s"]),
      ].join(" "),
  },
  findmnt: {
    values: ["-o", "--output", "-t", "--types", "-O", "--options"],
    form: (words) =>
      [
        oneOf(words, ["--json", "-J"], ["--pairs", "-P"], ["--raw", "-r"], ["--list", "-l"]),
        oneOf(words, ["--bytes", "-b"]),
        oneOf(words, ["--fstab", "-s"], ["--mtab", "-m"], ["--kernel", "-k"]),
        optionValue(words, "-t", "--types"),
        optionValue(words, "-O", "--options"),
      ].join(" "),
  },
  udevadm: {
    values: ["--name", "-n", "--path", "-p", "--query", "-q", "--timeout", "-t"],
    form: (words) =>
      oneOf(words, ["--export-db", "-e"], ["--attribute-walk", "-a"]) || optionValue(words, "--query", "-q") || "all",
    operands: (words) => [...words.operands, optionValue(words, "--name", "-n", "--path", "-p")].filter(Boolean),
  },
  blkid: {
    values: ["-c", "--cache-file", "-o", "--output", "-s", "--match-tag", "-t", "--match-token", "-L", "-U"],
    form: (words) =>
      [
        oneOf(words, ["-p", "--probe"]),
        optionValue(words, "-o", "--output") || "full",
        optionValue(words, "-s", "--match-tag"),
        optionValue(words, "-t", "--match-token"),
        optionValue(words, "-L"),
        optionValue(words, "-U"),
      ].join(" "),
  },
  sfdisk: {
    values: ["--output", "-o", "--label", "-X"],
    form: (words) => {
      const modes = [...words.options.keys()].filter((name) => !["--bytes", "-o", "--output", "-q"].includes(name));
      const long: Readonly<Record<string, string>> = { "-J": "--json", "-d": "--dump", "-l": "--list" };
      return modes.map((name) => long[name] ?? name).join(" ");
    },
  },
  parted: {
    values: [],
    form: (words) => oneOf(words, ["--json", "-j"], ["--machine", "-m"], ["--version", "-v"], ["--list", "-l"]),
  },
  btrfs: {
    values: ["--format"],
    form: (words) => {
      const form = optionValue(words, "--format") || "text";
      const others = [...words.options.keys()].filter((name) => name !== "--format");
      return [form, ...others].join(" ");
    },
  },
  mdadm: {
    values: [],
    form: (words) =>
      [
        oneOf(words, ["--detail", "-D"], ["--examine", "-E"], ["--examine-bitmap", "-X"]),
        oneOf(words, ["--export", "-Y"]),
        oneOf(words, ["--scan", "-s"]),
      ].join(" "),
  },
  multipath: {
    values: ["-v"],
    form: (words) => oneOf(words, ["-ll"], ["-l"], ["-t"], ["-T"]) || [...words.options.keys()].join(" "),
  },
  dasdview: {
    values: ["-b", "--begin", "-s", "--size"],
    form: (words) =>
      oneOf(words, ["--extended", "-x"], ["--info", "-i"], ["--vtoc", "-t"], ["--label", "-l"]) ||
      [...words.options.keys()].join(" "),
  },
};
