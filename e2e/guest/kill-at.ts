/**
 * Runs a recovery and ends it at a chosen moment, as hard as can be.
 * Usage: `node kill-at.mjs JOURNAL MOMENT COMMAND...`, where JOURNAL is the journal's file and MOMENT one of
 *
 * - `boundary`: SIGKILL, at the record that says that a step is done which never was before
 * - `inside@STEP@MS@bmr`, `inside@STEP@MS@all`: SIGKILL, so many ms after the step has begun; `all`: with its commands
 * - `cut@STEP@MS`: at such a moment the whole machine loses its power
 *
 * Exit status 137 when it was ended; else the command's own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, watch, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

interface JournalRecord {
  readonly record: string;
  readonly step?: string;
  readonly state?: string;
}

const [, , journal, moment, program, ...args] = process.argv;
if (journal === undefined || moment === undefined || program === undefined)
  throw new Error("usage: kill-at JOURNAL MOMENT COMMAND...");

/** The whole records that stand behind an offset, and where they end. */
function recordsFrom(offset: number): { readonly records: readonly JournalRecord[]; readonly end: number } {
  if (!existsSync(journal as string)) return { records: [], end: 0 };
  const file = openSync(journal as string, "r");
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(65536);
  for (let at = offset; ; ) {
    const count = readSync(file, chunk, 0, chunk.length, at);
    if (count === 0) break;
    chunks.push(Buffer.from(chunk.subarray(0, count)));
    at += count;
  }
  closeSync(file);
  const text = Buffer.concat(chunks);
  const whole = text.subarray(0, text.lastIndexOf(10) + 1);
  const lines = whole.toString("utf8").split("\n").slice(0, -1);
  return { records: lines.map((line) => JSON.parse(line) as JournalRecord), end: offset + whole.length };
}

let { records: before, end } = recordsFrom(0);
const done = new Set(before.filter(({ state }) => state === "done").map(({ step }) => step));
const atWork = new Set<string>();
const [what, ...rest] = moment.split("@");
const [step, milliseconds, whom] = rest;
// with several jobs an earlier run may have done it already: the next step that begins is hit then
let due = step !== undefined && done.has(step);
before = [];

// below everything else, so that whoever watches it comes first
const child = spawn("nice", ["-n", "10", program, ...args], { stdio: "inherit", detached: true });
child.once("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 137));

const watcher = watch(dirname(journal), (_, name) => {
  if (name === null || name === basename(journal)) look();
});
watcher.unref();
setInterval(look, 500).unref();

function look(): void {
  const news = recordsFrom(end);
  end = news.end;
  for (const record of news.records) {
    if (record.record !== "step" || record.step === undefined) continue;
    if (record.state === "started") begins(record.step);
    else ends(record.step, record.state);
  }
}

function begins(id: string): void {
  atWork.add(id);
  if (what === "boundary") return;
  if (id === step && !done.has(id)) setTimeout(strike, Number(milliseconds));
  // the moment has passed between two steps
  else if (due) setTimeout(strike, 50);
}

function ends(id: string, state: string | undefined): void {
  atWork.delete(id);
  if (what === "boundary" && state === "done" && !done.has(id)) kill(child, false, `at the end of ${id}`);
}

function strike(): void {
  if (atWork.size === 0) {
    due = true;
    return;
  }
  const inside = `inside ${[...atWork].join(", ")}`;
  if (what === "cut") cutPower(inside);
  else kill(child, whom === "all", inside);
}

function kill({ pid }: ChildProcess, withCommands: boolean, where: string): void {
  if (pid === undefined) return;
  const victims = withCommands ? [pid, ...descendants(pid)] : [pid];
  for (const victim of victims) process.kill(victim, "SIGKILL");
  process.stdout.write(`KILLED ${where}${withCommands ? ", with its commands" : ""}\n`);
}

/** Commands have sessions of their own; parents are by /proc/PID/stat. */
function descendants(of: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
      } catch {
        return [];
      }
    });
  const below = (pid: number): number[] =>
    parents.filter(([, parent]) => parent === pid).flatMap(([own]) => [own, ...below(own)]);
  return below(of);
}

/** No sync, no unmount: what the disks don't have is gone. The host knows the reason by /lab/cut. */
function cutPower(where: string): void {
  writeFileSync("/lab/cut", `${where}\n`);
  writeFileSync("/proc/sysrq-trigger", "b");
}
