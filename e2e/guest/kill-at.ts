/**
 * Ends the program into which it is loaded, bmr, at a chosen moment and as hard as can be. From outside nobody is quick
 * enough to hit the moment between two steps. Usage: `KILL_AT=MOMENT node --import /lab/kill-at.mjs bmr.cjs …`, where
 * MOMENT is one of
 *
 * - `boundary`: SIGKILL, once the journal has on its disk that a step is done which never was before
 * - `inside@STEP@MS@bmr`, `inside@STEP@MS@all`: SIGKILL, so many ms after the step has begun; `all`: with its commands
 * - `cut@STEP@MS`: at such a moment the whole machine loses its power
 * - `never`
 */
import { readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

interface JournalRecord {
  readonly record: string;
  readonly step?: string;
  readonly state?: string;
}

const [what, step, milliseconds, whom] = (process.env.KILL_AT ?? "never").split("@");
const journal = process.env.KILL_AT_JOURNAL as string;

const done = new Set(
  recordsIn(read(journal)).flatMap((record) => (record.state === "done" ? [record.step as string] : [])),
);
const atWork = new Set<string>();
// with several jobs an earlier run may have done the step already: the next one that begins is hit then
let due = step !== undefined && done.has(step);

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function recordsIn(text: string): readonly JournalRecord[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith('{"record":"step"') && line.endsWith("}"))
    .map((line) => JSON.parse(line) as JournalRecord);
}

/** The journal writes each record by one `write` and one `sync` of a FileHandle: the second one's end is the moment. */
async function watchJournal(): Promise<void> {
  const handle = await open("/dev/null");
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { write, sync } = prototype;
  const written = new WeakMap<FileHandle, string>();
  prototype.write = function (this: FileHandle, ...args: Parameters<typeof write>) {
    if (typeof args[0] === "string") written.set(this, args[0]);
    return write.apply(this, args);
  } as typeof write;
  prototype.sync = async function (this: FileHandle) {
    await sync.call(this);
    for (const record of recordsIn(written.get(this) ?? "")) hear(record);
    written.delete(this);
  };
}

function hear(record: JournalRecord): void {
  const id = record.step as string;
  if (record.state === "started") begins(id);
  else {
    atWork.delete(id);
    if (what === "boundary" && record.state === "done" && !done.has(id)) kill(`at the end of ${id}`);
  }
}

function begins(id: string): void {
  atWork.add(id);
  if (what !== "inside" && what !== "cut") return;
  if (id === step && !done.has(id)) setTimeout(strike, Number(milliseconds));
  // the moment has passed between two steps
  else if (due) setTimeout(strike, 50);
}

function strike(): void {
  if (atWork.size === 0) {
    due = true;
    return;
  }
  const inside = `inside ${[...atWork].join(", ")}`;
  if (what === "cut") cutPower(inside);
  else kill(inside);
}

/** No sync, no unmount: what the disks don't have is gone. The host knows the reason by /lab/cut. */
function cutPower(where: string): void {
  writeFileSync("/lab/cut", `${where}\n`);
  writeFileSync("/proc/sysrq-trigger", "b");
}

function kill(where: string): void {
  const commands = whom === "all" ? descendants(process.pid) : [];
  writeSync(2, `KILLED ${where}${whom === "all" ? ", with its commands" : ""}\n`);
  for (const victim of [...commands, process.pid]) process.kill(victim, "SIGKILL");
}

/** Commands have sessions of their own; parents are by /proc/PID/stat. */
function descendants(of: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name): [number, number] => {
      const stat = read(`/proc/${name}/stat`);
      return [Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])];
    });
  const below = (pid: number): number[] =>
    parents.filter(([, parent]) => parent === pid).flatMap(([own]) => [own, ...below(own)]);
  return below(of);
}

await watchJournal();
