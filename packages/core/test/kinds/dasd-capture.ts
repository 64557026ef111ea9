import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProbeHost } from "../../src/host/host.js";
import { replayHost } from "../../src/host/replay.js";
import { evidenceFixture, type FixtureCommand } from "../../src/testkit/index.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/dasd/", import.meta.url));

/** The stages of the recorded machine. */
export const STAGES = ["00-offline", "01-unformatted", "02-formatted", "03-partitioned", "04-filesystems"] as const;

/** What is changed of a recorded stage. */
export interface Changes {
  /** Attributes of a DASD by bus-id and name, `0.0.0200` → `{ uid: "…" }`. */
  readonly ccw?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Instead of the recorded /proc/sysinfo. */
  readonly sysinfo?: string;
  /** Answers of commands, by their argv joined with blanks. */
  readonly commands?: Readonly<Record<string, Omit<FixtureCommand, "argv">>>;
  readonly more?: { readonly files?: Readonly<Record<string, string | readonly string[]>> };
}

/** A recorded stage as a machine that can be asked. */
export function recordedStage(stage: (typeof STAGES)[number], changes: Changes = {}): ProbeHost {
  const directory = join(FIXTURES, stage);
  const text = (name: string) =>
    existsSync(join(directory, `${name}.out`)) ? readFileSync(join(directory, `${name}.out`), "utf8") : "";
  const busIds = readdirSync(directory)
    .map((name) => /^sysfs-values-(.*)\.out$/.exec(name)?.[1])
    .filter((id) => id !== undefined);
  const files: Record<string, string | readonly string[]> = {
    "/proc/sysinfo": changes.sysinfo ?? text("proc_sysinfo"),
  };
  const links: Record<string, string> = {};
  const drivers: Record<string, string[]> = { "dasd-eckd": [], "dasd-fba": [] };
  const blocks: string[] = [];
  const records: string[] = [];
  const commands: FixtureCommand[] = [];
  for (const busId of busIds) {
    const unit = busId.slice(-4);
    const values = new Map(
      text(`sysfs-values-${busId}`)
        .split("\n")
        .map((line) => /^\.\/(.*?):(.*)$/.exec(line)?.slice(1) as [string, string] | undefined)
        .filter((pair) => pair !== undefined),
    );
    for (const [name, value] of values) {
      if (!name.includes("/") && name !== "uevent") files[`/sys/bus/ccw/devices/${busId}/${name}`] = `${value}\n`;
      const inBlock = /^block\/(dasd[a-z]+)\/(?:(dasd[a-z]+\d+)\/)?([a-z]+)$/.exec(name);
      if (inBlock !== null) files[`/sys/class/block/${inBlock[2] ?? inBlock[1]}/${inBlock[3]}`] = `${value}\n`;
    }
    for (const [name, value] of Object.entries(changes.ccw?.[busId] ?? {}))
      files[`/sys/bus/ccw/devices/${busId}/${name}`] = `${value}\n`;
    drivers[values.get("uevent") === "DRIVER=dasd-fba" ? "dasd-fba" : "dasd-eckd"]?.push(busId);
    const disk = [...values.keys()].map((name) => /^block\/(dasd[a-z]+)\//.exec(name)?.[1]).find(Boolean);
    for (const line of text(`sysblock-${unit}`).split("\n")) {
      const found = /^queue\/(\w+):(.*)$/.exec(line);
      if (found !== null && disk !== undefined) files[`/sys/class/block/${disk}/queue/${found[1]}`] = `${found[2]}\n`;
    }
    records.push(text(`udevadm-${unit}`));
  }
  for (const path of Object.keys(files)) {
    const name = /^\/sys\/class\/block\/([^/]+)\/dev$/.exec(path)?.[1];
    if (name !== undefined) blocks.push(name);
  }
  // what udev wasn't asked for in the recording has a path all the same
  for (const busId of busIds) {
    for (const path of Object.keys(Object.fromEntries(blockPaths(text(`sysfs-values-${busId}`))))) {
      links[`/sys/class/block/${path.split("/").at(-1)}`] = `../../devices/css0/0.0.9999/${busId}/block/${path}`;
    }
  }
  for (const [, path, name] of records.join("\n").matchAll(/^P: (\S*\/(\S+))$/gm))
    links[`/sys/class/block/${name}`] = `../..${path}`;
  for (const [of, name, exit] of readFileSync(join(FIXTURES, "INDEX.tsv"), "utf8")
    .split("\n")
    .map((line) => line.split("\t"))) {
    const found = /^(dasdview|fdasd)(-[xlp])-(\w{4})$/.exec(name ?? "");
    const disk = blocks.find((block) =>
      links[`/sys/class/block/${block}`]?.endsWith(`0.0.${found?.[3]}/block/${block}`),
    );
    if (of !== stage || found === null || disk === undefined) continue;
    const argv = [found[1] as string, found[2] as string, `/dev/${disk}`] as const;
    const err = join(directory, `${name}.err`);
    const recorded = {
      argv,
      stdout: text(name as string),
      stderr: existsSync(err) ? readFileSync(err, "utf8") : "",
      exit: Number(exit),
    };
    commands.push({ ...recorded, ...changes.commands?.[argv.join(" ")] });
  }
  for (const [driver, names] of Object.entries(drivers))
    files[`/sys/bus/ccw/drivers/${driver}`] = ["bind", "uevent", ...names];
  files["/sys/class/block"] = blocks;
  commands.push(
    { argv: ["udevadm", "info", "--export-db"], stdout: records.join("\n\n") },
    { argv: ["uname", "-m"], stdout: "s390x\n" },
  );
  return replayHost(
    evidenceFixture({ name: "zlinux", arch: "s390x", commands, files: { ...files, ...changes.more?.files }, links }),
  );
}

/** `dasda`, `dasda/dasda1`: the block devices below a DASD's directory. */
function blockPaths(values: string): [string, true][] {
  return [...values.matchAll(/^\.\/block\/(dasd[a-z]+(?:\/dasd[a-z]+\d+)?)\/dev:/gm)].map(([, path]) => [
    path as string,
    true,
  ]);
}
