import { bytesOf, textOf } from "../../src/host/bytes.js";
import type { Evidence, FileRecord } from "../../src/host/evidence.js";

/** A change to what a machine said. Throws where there is nothing to change: a difference that isn't planted proves nothing. */
export type Edit = (evidence: Evidence) => Evidence;

/** One edit of several. */
export function all(...edits: readonly Edit[]): Edit {
  return (evidence) => edits.reduce((changed, edit) => edit(changed), evidence);
}

/** Replaces a text in each answer of a command, and each file, that holds `having` too. */
export function says(having: string, from: string | RegExp, to: string): Edit {
  return (evidence) => {
    let count = 0;
    const edited = (text: string): string => {
      if (!text.includes(having)) return text;
      const changed = text.replace(from, to);
      if (changed !== text) count += 1;
      return changed;
    };
    const changed = {
      ...evidence,
      commands: evidence.commands.map((record) => ({ ...record, stdout: edited(record.stdout) })),
      files: evidence.files.map((file) => withText(file, edited)),
    };
    if (count === 0) throw new Error(`nothing that has ${having} says ${from}`);
    return changed;
  };
}

/** Replaces a text wherever it stands, as often as it stands there. */
export function everywhere(from: string, to: string): Edit {
  return says(from, new RegExp(from.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "g"), to);
}

/** Replaces a text in what udev's database says of the device-mapper device of this name. */
export function udev(name: string, from: string, to: string): Edit {
  return (evidence) => {
    let count = 0;
    const edited = (record: string): string => {
      if (!record.includes(`\nE: DM_NAME=${name}\n`) || !record.includes(from)) return record;
      count += 1;
      return record.replaceAll(from, to);
    };
    const commands = evidence.commands.map((record) =>
      record.argv.includes("--export-db")
        ? { ...record, stdout: record.stdout.split("\n\n").map(edited).join("\n\n") }
        : record,
    );
    if (count === 0) throw new Error(`udev doesn't say ${from} of ${name}`);
    return { ...evidence, commands };
  };
}

/** Everything that was at one path is at another. */
export function moved(from: string, to: string): Edit {
  return (evidence) => JSON.parse(JSON.stringify(evidence).replaceAll(from, to)) as Evidence;
}

/** Changes one file; null takes it away. */
export function file(path: string, change: (text: string) => string | null): Edit {
  return (evidence) => {
    if (!evidence.files.some((record) => record.path === path)) throw new Error(`there is no ${path}`);
    return {
      ...evidence,
      files: evidence.files.map((record): FileRecord => {
        if (record.path !== path || !("content" in record)) return record;
        const text = change(textIn(record));
        return text === null ? { path, state: "absent" } : withText(record, () => text);
      }),
    };
  };
}

/** Something else lies at a path. */
export function becomes(path: string, what: { readonly names: readonly string[] }): Edit {
  return (evidence) => {
    if (!evidence.files.some((record) => record.path === path)) throw new Error(`there is no ${path}`);
    const files = evidence.files.map((record): FileRecord => (record.path === path ? { path, ...what } : record));
    return { ...evidence, files };
  };
}

/** A directory holds these names too. */
export function list(path: string, ...more: readonly string[]): Edit {
  return (evidence) => {
    const found = evidence.files.find((record) => record.path === path && "names" in record);
    if (found === undefined || !("names" in found)) throw new Error(`there is no directory ${path}`);
    return becomes(path, { names: [...found.names, ...more].sort() })(evidence);
  };
}

/** These lines are in the table of mounts too. */
export function mounts(...lines: readonly string[]): Edit {
  return file("/proc/self/mountinfo", (text) => `${text}${lines.join("\n")}\n`);
}

/** These directories are asked for too, and belong to root. */
export function asked(...paths: readonly string[]): Edit {
  return (evidence) => ({
    ...evidence,
    commands: evidence.commands.map((record) => {
      const at = record.argv.indexOf("--");
      if (record.argv[0] !== "stat" || !record.argv[1]?.startsWith("--printf=%f %u")) return record;
      const [program, ...rest] = [...record.argv.slice(0, at + 1), ...[...record.argv.slice(at + 1), ...paths].sort()];
      const more = paths.map((path) => `41ed 0 0 ${path}\0`).join("");
      return { ...record, argv: [program as string, ...rest] as const, stdout: record.stdout + more };
    }),
  });
}

/** Changes a sysfs attribute of the device-mapper device of this name, whatever its number is. */
export function dmAttribute(name: string, attribute: string, value: string): Edit {
  return (evidence) => {
    const directory = directoryOf(evidence, name);
    return file(`${directory}/${attribute}`, () => `${value}\n`)(evidence);
  };
}

/** Overwrites bytes in each file that holds others: what is at the start of a device. */
export function bytes(having: string, at: number, value: readonly number[]): Edit {
  return (evidence) => {
    let count = 0;
    const files = evidence.files.map((record) =>
      withText(record, (text) => {
        if (!text.includes(having)) return text;
        count += 1;
        const content = Uint8Array.from(bytesOf(text));
        content.set(value, at);
        return textOf(content);
      }),
    );
    if (count === 0) throw new Error(`no file has ${having}`);
    return { ...evidence, files };
  };
}

function directoryOf(evidence: Evidence, name: string): string {
  const found = evidence.files.find(
    (record) => /^\/sys\/class\/block\/[^/]+\/dm\/name$/.test(record.path) && textIn(record).trim() === name,
  );
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found.path.slice(0, -"/dm/name".length);
}

function textIn(record: FileRecord): string {
  return "content" in record ? record.content : "";
}

function withText(record: FileRecord, change: (text: string) => string): FileRecord {
  return "content" in record ? { ...record, content: change(record.content) } : record;
}
