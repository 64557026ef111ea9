import { createHash } from "node:crypto";
import { bytesOf } from "../host/bytes.js";
import type { ProbeHost } from "../host/host.js";
import { type Argv, describeOutcome, succeeded } from "../host/outcome.js";
import { hiddenSignatures } from "../layout/hidden-signatures.js";
import type { NodeId } from "../layout/ids.js";
import type { Check } from "../plan/step.js";
import { bindArg } from "./bind-args.js";
import type { Surroundings } from "./bound-plan.js";
import { canonicalPath } from "./canonical-path.js";
import { eachNames } from "./each-names.js";
import { type FoundDevice, findDevice } from "./find-device.js";
import { readMounts, readSwaps } from "./mountinfo.js";
import { namedFiles, placesOf } from "./named-files.js";
import { partitionPlace } from "./partition-place.js";
import { readAttribute } from "./seal.js";

/** Whether a condition holds. What can't be found out doesn't hold; `found` says for people what was there instead. */
export type CheckResult = { readonly holds: true } | { readonly holds: false; readonly found: string };

const HOLDS: CheckResult = { holds: true };

/**
 * Looks whether a condition holds. Only asks.
 *
 * @throws BmrError `host-unusable` where /proc can't be read; `plan-invalid` where the check refers to what isn't there
 */
export async function evaluate(check: Check, surroundings: Surroundings, host: ProbeHost): Promise<CheckResult> {
  const bind = (arg: Parameters<typeof bindArg>[0]) => bindArg(arg, surroundings);
  switch (check.is) {
    case "device": {
      const device = await find(check.device, surroundings, host);
      return device.is === "found" ? HOLDS : fails(device.why);
    }
    case "size":
      return checkSize(check, surroundings, host);
    case "signature":
      return checkSignature(check, surroundings, host);
    case "partition":
      return checkPartition(check, surroundings, host);
    case "mounted":
    case "not-mounted":
      return checkMount(check, surroundings, host);
    case "swap":
      return checkSwap(check, surroundings, host);
    case "output":
      return checkOutput(check.argv.map(bind) as unknown as Argv, bind(check.equals), host);
    case "file":
      return checkFiles(check, surroundings, host);
    case "directory":
    case "absent":
      return checkKind(bind(check.path), check.is, host);
    case "renamed":
      return checkNames(check, surroundings, host);
    case "attribute": {
      const value = await readAttribute(host, bind(check.path));
      return value === check.equals.trim() ? HOLDS : fails(`${bind(check.path)} says ${shown(value)}`);
    }
  }
}

/** The first of these that doesn't hold, in words; undefined when all do. */
export async function firstFailing(
  checks: readonly Check[],
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<{ readonly check: Check; readonly found: string } | undefined> {
  for (const check of checks) {
    const result = await evaluate(check, surroundings, host);
    if (!result.holds) return { check, found: result.found };
  }
  return undefined;
}

async function find(node: NodeId, surroundings: Surroundings, host: ProbeHost): Promise<FoundDevice> {
  const locator = surroundings.devices.get(node);
  return locator === undefined ? { is: "absent", why: `${node} has no device here` } : findDevice(host, locator);
}

type Of<K extends Check["is"]> = Extract<Check, { is: K }>;

async function checkSize(check: Of<"size">, surroundings: Surroundings, host: ProbeHost): Promise<CheckResult> {
  const device = await find(check.device, surroundings, host);
  if (device.is !== "found") return fails(device.why);
  const bytes = await deviceBytes(host, device.name);
  if (bytes !== null && bytes >= check.least && bytes <= (check.most ?? Number.POSITIVE_INFINITY)) return HOLDS;
  return fails(`${check.device} has ${bytes ?? "an unknown number of"} bytes`);
}

/** sysfs counts in units of 512 bytes whatever the sector size is (block/genhd.c). */
async function deviceBytes(host: ProbeHost, name: string): Promise<number | null> {
  const size = await readAttribute(host, `/sys/class/block/${name}/size`);
  return size !== null && /^\d+$/.test(size) ? Number(size) * 512 : null;
}

/** blkid exits with 2 where it finds nothing, with 8 where it finds several things at once (blkid(8)). */
async function checkSignature(
  check: Of<"signature">,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<CheckResult> {
  const device = await find(check.device, surroundings, host);
  if (device.is !== "found") return fails(device.why);
  const path = bindArg({ device: check.device }, surroundings);
  const result = await host.run(["blkid", "-p", "-s", check.tag, "-o", "value", path]);
  const nothing = result.outcome.is === "exited" && result.outcome.code === 2;
  if (!succeeded(result) && !nothing) return fails(`blkid -p ${path} ${describeOutcome(result)}`);
  // libblkid cuts off blanks at the end of a label (blkid_rtrim_whitespace())
  const value = nothing ? "" : result.stdout.trimEnd();
  if (nothing) {
    const hidden = await hiddenSignatures(host, path);
    if ("trouble" in hidden) return fails(`${path}: ${hidden.trouble}`);
    if (hidden.types.length > 0) return fails(`${path} has signatures of several things: ${hidden.types.join(", ")}`);
  }
  if (value === (check.equals ?? "").trimEnd()) return HOLDS;
  return fails(`${path} has ${check.tag} ${value === "" ? "not set" : JSON.stringify(value)}`);
}

async function checkPartition(
  check: Of<"partition">,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<CheckResult> {
  const device = await find(check.device, surroundings, host);
  if (device.is !== "found") return fails(device.why);
  const [place, bytes] = await Promise.all([partitionPlace(host, device), deviceBytes(host, device.name)]);
  if (place.is === "unknown") return fails(place.why);
  if (place.startBytes !== check.startBytes) return fails(`${check.device} starts at byte ${place.startBytes}`);
  if (check.bytes !== null && bytes !== check.bytes) return fails(`${check.device} has ${bytes ?? "unknown"} bytes`);
  return HOLDS;
}

async function checkMount(
  check: Of<"mounted"> | Of<"not-mounted">,
  surroundings: Surroundings,
  host: ProbeHost,
): Promise<CheckResult> {
  const at = await canonicalPath(host, bindArg(check.at, surroundings));
  const mount = (await readMounts(host)).findLast((entry) => entry.at === at);
  if (check.is === "not-mounted") return mount === undefined ? HOLDS : fails(`${mount.source} is mounted on ${at}`);
  if (mount === undefined) return fails(`nothing is mounted on ${at}`);
  if (check.device === null) return HOLDS;
  const device = await find(check.device, surroundings, host);
  if (device.is !== "found") return fails(device.why);
  const same = mount.device === device.dev || (await isSourceOf(host, mount.source, device.name));
  if (!same) return fails(`${mount.source} is mounted on ${at}, not ${check.device}`);
  return mount.root === "/" || mount.type === "btrfs" ? HOLDS : fails(`only ${mount.root} of it is seen at ${at}`);
}

/** btrfs has device numbers of its own; the source tells the device then. */
async function isSourceOf(host: ProbeHost, source: string, name: string): Promise<boolean> {
  if (!source.startsWith("/dev/")) return false;
  return (await kernelNameOf(host, source)) === name;
}

/** The kernel name behind a path below /dev: `dm-3` for `/dev/mapper/vg-lv`, `cciss!c0d0p1` for `/dev/cciss/c0d0p1`. */
export async function kernelNameOf(host: ProbeHost, path: string): Promise<string> {
  return (await canonicalPath(host, path)).replace(/^\/dev\//, "").replaceAll("/", "!");
}

async function checkSwap(check: Of<"swap">, surroundings: Surroundings, host: ProbeHost): Promise<CheckResult> {
  const device = await find(check.device, surroundings, host);
  if (device.is === "absent" && !check.active) return HOLDS;
  if (device.is !== "found") return fails(device.why);
  const names = await Promise.all((await readSwaps(host)).map((path) => kernelNameOf(host, path)));
  if (names.includes(device.name) === check.active) return HOLDS;
  return fails(`${check.device} is ${check.active ? "not " : ""}swapped on`);
}

async function checkOutput(argv: Argv, expected: string, host: ProbeHost): Promise<CheckResult> {
  const result = await host.run(argv);
  if (!succeeded(result)) return fails(`${argv.join(" ")} ${describeOutcome(result)}`);
  return result.stdout.trim() === expected.trim()
    ? HOLDS
    : fails(`${argv.join(" ")} says ${shown(result.stdout.trim())}`);
}

async function checkFiles(check: Of<"file">, surroundings: Surroundings, host: ProbeHost): Promise<CheckResult> {
  if (check.forEach === undefined) return checkFile(bindArg(check.path, surroundings), check.sha256, host);
  const listed = await eachNames(check.forEach, surroundings, host);
  if (listed.is === "unknown") return fails(listed.why);
  for (const name of listed.names) {
    const result = await checkFile(bindArg(check.path, surroundings, name), check.sha256, host);
    if (!result.holds) return result;
  }
  return HOLDS;
}

async function checkFile(path: string, sha256: string | undefined, host: ProbeHost): Promise<CheckResult> {
  const read = await host.read(path, sha256 === undefined ? { bytes: 1 } : {});
  if (read.is !== "file") return fails(`${path} is ${"reason" in read ? `unreadable: ${read.reason}` : read.is}`);
  if (sha256 === undefined) return HOLDS;
  const sum = createHash("sha256").update(bytesOf(read.content)).digest("hex");
  return sum === sha256 ? HOLDS : fails(`${path} has other content than it should`);
}

async function checkKind(path: string, kind: "directory" | "absent", host: ProbeHost): Promise<CheckResult> {
  const read = await host.read(path, { bytes: 1 });
  if (read.is === kind) return HOLDS;
  return fails(`${path} is ${"reason" in read ? `unreadable: ${read.reason}` : read.is}`);
}

async function checkNames(check: Of<"renamed">, surroundings: Surroundings, host: ProbeHost): Promise<CheckResult> {
  const files = await namedFiles(check, surroundings, host);
  const places = placesOf(files);
  if (places.length === 0) return HOLDS;
  const canBeFixed = files.some(({ was, now }) => was !== now);
  const remedy = canBeFixed
    ? "--fix-references writes what they are called here"
    : "edit them by hand below the target";
  return fails(
    [
      `disks are called there what they aren't any more (${remedy}; --param fix-references=ignore leaves it so)`,
      ...places,
    ].join("\n  "),
  );
}

function fails(found: string): CheckResult {
  return { holds: false, found };
}

function shown(value: string | null): string {
  return value === null ? "nothing" : JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}
