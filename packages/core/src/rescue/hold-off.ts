import type { ProbeHost } from "../host/host.js";
import { type Action, type Step, stepId } from "../plan/step.js";
import type { Problem } from "./problem.js";

/** udev's rules that start what they find on a disk by themselves, in the rescue system. */
export interface AutoActivation {
  /** Names of the files that a file of the same name in /run takes the place of. */
  readonly rules: readonly string[];
  /** Paths of such files in /etc, which nothing but /etc itself overrides, and of others' files in /run. */
  readonly stubborn: readonly string[];
}

/** Where rules lie, the strongest first: a file hides those of its name in directories further on (udev(7)). */
const ETC = "/etc/udev/rules.d";
const RUN = "/run/udev/rules.d";
const VENDOR = ["/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"] as const;

/**
 * The rules that start LVM's volume groups (`69-lvm-metad` until Debian 11, `69-dm-lvm-metad` in SLES 12 and 15 and
 * RHEL 7 and 8, `69-lvm` from Debian 12 on, `69-dm-lvm` in RHEL 9), md arrays (`64-md-raid-assembly`,
 * `65-md-incremental` of Red Hat, `64-md-raid` before 2013), bcache and VDO. Those that only name devices
 * (`11-dm-lvm`, `56-lvm`, `63-md-raid-arrays`) aren't among them: without them the new devices would lack their links.
 */
const STARTERS: readonly RegExp[] = [
  /^69-(?:dm-)?lvm(?:-metad)?\.rules$/,
  /^6\d-md-(?:raid|raid-assembly|incremental|incremental-imsm)\.rules$/,
  /^69-(?:bcache|vdo-start-by-dev)\.rules$/,
];

/** Marks the files as ours. */
const NOTE =
  "# Empty, so that nothing on the disks that bmr rebuilds is started by itself. bmr umount takes it away.\n";

/** Looks which rules of the rescue system would start something by themselves. */
export async function readAutoActivation(host: ProbeHost): Promise<AutoActivation> {
  const decided = new Set<string>();
  const stubborn: string[] = [];
  for (const directory of [ETC, RUN]) {
    for (const name of await startersIn(host, directory)) {
      const path = `${directory}/${name}`;
      if (decided.has(name) || (await isOurs(host, path))) continue;
      decided.add(name);
      // an empty file, or a link to /dev/null, says that the rule isn't wanted
      const read = await host.read(path, { bytes: 1 });
      if (read.is !== "file" || read.content !== "") stubborn.push(path);
    }
  }
  const there = (await Promise.all([RUN, ...VENDOR].map((directory) => startersIn(host, directory)))).flat();
  return { rules: [...new Set(there)].filter((name) => !decided.has(name)).sort(), stubborn };
}

async function isOurs(host: ProbeHost, path: string): Promise<boolean> {
  const read = await host.read(path);
  return read.is === "file" && read.content === NOTE;
}

async function startersIn(host: ProbeHost, directory: string): Promise<readonly string[]> {
  const listed = await host.list(directory);
  return listed.is === "directory" ? listed.names.filter((name) => STARTERS.some((form) => form.test(name))) : [];
}

/**
 * The step that keeps the rescue system from starting what it finds on a disk: a new partition shows what lay at its
 * place before, and a multipath map shows the old server's volume group. By files in /run, since /etc may be read-only
 * and lvm.conf is the rescue system's own; undefined where there is no such rule.
 */
export function holdOffStep({ rules }: AutoActivation): Step | undefined {
  if (rules.length === 0) return undefined;
  const paths = rules.map((name) => `${RUN}/${name}`);
  return {
    id: stepId("hold-off", "udev"),
    title: "Hold off what starts volume groups and arrays by itself",
    why: `${rules.join(", ")} of udev would take hold of disks that are being rebuilt; bmr umount allows it again`,
    phase: "activate",
    run: [
      { do: "exec", argv: ["mkdir", "-p", RUN] },
      ...paths.map((path): Action => ({ do: "write", path, content: NOTE, mode: 0o644 })),
      ...RELOAD,
    ],
    after: [],
    destroys: [],
    before: [],
    done: paths.map((path) => ({ is: "file" as const, path })),
  };
}

/** The step that allows it again; undefined where nothing is held off. */
export async function endHoldOff(host: ProbeHost): Promise<Step | undefined> {
  const paths: string[] = [];
  for (const name of await startersIn(host, RUN)) {
    if (await isOurs(host, `${RUN}/${name}`)) paths.push(`${RUN}/${name}`);
  }
  const [first, ...others] = paths;
  if (first === undefined) return undefined;
  return {
    id: stepId("end-hold-off", "udev"),
    title: "Allow again what starts volume groups and arrays by itself",
    why: "bmr has let go of the disks",
    phase: "release",
    // what has just been let go of is through with udev before the rules are there again
    run: [SETTLE, { do: "exec", argv: ["rm", "-f", "--", first, ...others] }, ...RELOAD],
    after: [],
    destroys: [],
    before: [],
    done: paths.map((path) => ({ is: "absent" as const, path })),
  };
}

const SETTLE: Action = { do: "exec", argv: ["udevadm", "settle", "--timeout=60"], timeLimitSeconds: 90 };
/** `--reload-rules` is what every udevadm knows; `--reload` came with systemd 183. */
const RELOAD: readonly Action[] = [
  { do: "exec", argv: ["udevadm", "control", "--reload-rules"], timeLimitSeconds: 60 },
  SETTLE,
];

/** The rules that can't be held off, where disks are to be erased. */
export function notHeldOff({ stubborn }: AutoActivation): Problem[] {
  return stubborn.map((path) => ({
    code: "not-held-off",
    node: null,
    device: null,
    message: `${path} starts by itself what it finds on a disk, and nothing of bmr's would come before it`,
    remedy: `mv ${path} /root/; udevadm control --reload-rules`,
  }));
}
