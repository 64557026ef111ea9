import type { ProbeHost } from "../host/host.js";
import { type CommandResult, describeOutcome, succeeded } from "../host/outcome.js";
import type { Finding } from "./finding.js";
import type { Machine } from "./layout.js";
import { readNetwork } from "./network.js";

/** Reads which machine this is: what it is called, what runs on it, and by what places it can be told from others. */
export async function readMachine(host: ProbeHost): Promise<Machine> {
  const [hostname, architecture, system, places, network] = await Promise.all([
    readHostname(host),
    readArchitecture(host),
    readSystem(host),
    readPlaces(host),
    readNetwork(host),
  ]);
  return { hostname, architecture, system, places, ...(network === undefined ? {} : { network }) };
}

async function readHostname(host: ProbeHost): Promise<string> {
  const kernel = (await contentOf(host, "/proc/sys/kernel/hostname"))?.trim();
  if (kernel) return kernel;
  const asked = await host.run(["uname", "-n"]);
  const answer = succeeded(asked) ? asked.stdout.trim() : "";
  return answer || ((await contentOf(host, "/etc/hostname"))?.trim() ?? "");
}

async function readArchitecture(host: ProbeHost): Promise<string | null> {
  return architectureIn(await host.run(["uname", "-m"]));
}

/** What `uname -m` says; null where it failed, or printed more or less than one whole line with one word. */
export function architectureIn(asked: CommandResult): string | null {
  return succeeded(asked) ? (/^([\w.+-]+)\n$/.exec(asked.stdout)?.[1] ?? null) : null;
}

/** What couldn't be found out of the machine itself. What a recording lacks isn't counted. */
export async function machineFindings(host: ProbeHost, { hostname, architecture }: Machine): Promise<Finding[]> {
  const unknown = [
    ...(architecture === null ? [["architecture", "-m"] as const] : []),
    ...(hostname === "" ? [["name", "-n"] as const] : []),
  ];
  const asked = await Promise.all(
    unknown.map(async ([what, option]) => ({ what, answer: await host.run(["uname", option]) })),
  );
  return asked
    .filter(({ answer }) => answer.outcome.is !== "not-recorded")
    .map(({ what, answer }) => {
      const said = succeeded(answer) ? `printed ${quotedStart(answer.stdout)}` : describeOutcome(answer);
      return {
        code: `machine/no-${what}`,
        severity: "warning",
        message: `the machine's ${what} isn't known: ${answer.argv.join(" ")} ${said}`,
        remedy: "see what uname says when run by hand, and scan again",
        holdsBack: true,
      };
    });
}

function quotedStart(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** os-release(5); before it came (2012), SUSE and Red Hat each had a file with one line for people. */
async function readSystem(host: ProbeHost): Promise<string | null> {
  const release = (await contentOf(host, "/etc/os-release")) ?? (await contentOf(host, "/usr/lib/os-release"));
  if (release !== null) {
    const named = [osReleaseValue(release, "NAME"), osReleaseValue(release, "VERSION_ID")].filter(Boolean);
    if (named.length > 0) return named.join(" ");
  }
  for (const path of ["/etc/SuSE-release", "/etc/redhat-release"]) {
    const line = (await contentOf(host, path))?.split("\n")[0]?.trim();
    if (line) return line;
  }
  return null;
}

/** A value of os-release(5): may be quoted, with backslashes before `"$\`` and itself. */
function osReleaseValue(text: string, name: string): string | null {
  const raw = new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1]?.trim();
  if (raw === undefined) return null;
  const quoted = /^(["'])(.*)\1$/.exec(raw);
  const value = quoted?.[2] ?? raw;
  return quoted?.[1] === "'" ? value : value.replace(/\\(["$`\\])/g, "$1");
}

async function readPlaces(host: ProbeHost): Promise<string[]> {
  const [dmi, sysinfo] = await Promise.all([
    contentOf(host, "/sys/class/dmi/id/product_uuid"),
    contentOf(host, "/proc/sysinfo"),
  ]);
  const places = sysinfo === null ? [] : sysinfoPlaces(sysinfo);
  const uuid = dmi?.trim().toLowerCase();
  if (uuid && isUsefulUuid(uuid)) places.push(`dmi:${uuid}`);
  return places;
}

/** Firmware that was never given a uuid shows one of these (SMBIOS 3.x, 7.2.1), or a vendor's sample value. */
function isUsefulUuid(uuid: string): boolean {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return false;
  return !/^(0{8}|f{8})-/.test(uuid) && uuid !== "03000200-0400-0500-0006-000700080009";
}

/**
 * The places in /proc/sysinfo (arch/s390/kernel/sysinfo.c, where VM00 is the innermost guest): a guest by the machine,
 * the LPAR and its name, an LPAR by the machine and its name. A guest that was moved to another LPAR is at another place.
 */
export function sysinfoPlaces(sysinfo: string): string[] {
  const value = (name: string) => new RegExp(`^${name}: +(.*?) *$`, "m").exec(sysinfo)?.[1] ?? "";
  const machine = [value("Type"), value("Sequence Code")].filter(Boolean).join("-");
  const lpar = value("LPAR Name");
  const guest = value("VM00 Name");
  if (guest === "") return machine && lpar ? [`lpar:${machine}/${lpar}`] : [];
  if (value("VM00 Control Program").startsWith("z/VM")) return [`zvm:${machine}.${lpar}/${guest}`];
  const uuid = value("VM00 UUID").toLowerCase();
  return isUsefulUuid(uuid) ? [`kvm:${uuid}`] : [];
}

async function contentOf(host: ProbeHost, path: string): Promise<string | null> {
  const read = await host.read(path);
  return read.is === "file" ? read.content : null;
}
