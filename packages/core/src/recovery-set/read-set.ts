import { createHash } from "node:crypto";
import type * as z from "zod";
import { BmrError } from "../error.js";
import type { Layout } from "../layout/layout.js";
import { LayoutSchema } from "../layout/layout-schema.js";
import { digest } from "../plan/build.js";
import type { Plan } from "../plan/plan.js";
import { setFilesOf } from "../plan/plan-faults.js";
import { PlanSchema } from "../plan/plan-schema.js";
import { printable } from "../render/text.js";
import { MANIFEST, type Manifest, ManifestSchema, SIGNATURE } from "./manifest.js";
import { localSetFileSystem, type SetFileSystem } from "./set-file-system.js";
import { generationsOf } from "./swap.js";

/** A recovery set that was read and checked whole. */
export interface RecoverySet {
  /** Where it was read: not where it was asked for when `fellBack`. */
  readonly directory: string;
  /** A crash has left no current set, and this is the one before it. */
  readonly fellBack: boolean;
  readonly manifest: Manifest;
  /** The very bytes that the manifest was read from: what a signature is of. */
  readonly manifestBytes: Uint8Array;
  /** The signature of the manifest, not yet checked; null where the set isn't signed. */
  readonly signature: Uint8Array | null;
  readonly layout: Layout;
  readonly plan: Plan;
  /** The content of each file but the manifest and its signature, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What is wrong with a set, and where. */
export interface SetFault {
  /** The whole path of the file, or of the directory. */
  readonly path: string;
  readonly message: string;
}

/**
 * Reads a recovery set and checks all of it: every file's sum, that none is missing and none is there too many, that
 * layout and plan are whole and belong together. Writes nothing.
 *
 * @throws BmrError `set-invalid`; `details.faults` lists all that is wrong
 */
export async function readRecoverySet(
  directory: string,
  files: SetFileSystem = localSetFileSystem,
): Promise<RecoverySet> {
  const { current, old } = generationsOf(directory);
  const fellBack = (await isAbsent(current, files)) && !(await isAbsent(old, files));
  const from = fellBack ? old : current;
  const result = await readSetAt(from, files);
  if (result.is === "read") return { ...result.set, fellBack };
  const [first] = result.faults;
  const more = result.faults.length > 1 ? ` (and ${result.faults.length - 1} more)` : "";
  throw new BmrError("set-invalid", `the recovery set can't be used: ${first?.path}: ${first?.message}${more}`, {
    details: { directory: from, faults: result.faults },
  });
}

async function isAbsent(path: string, files: SetFileSystem): Promise<boolean> {
  try {
    return (await files.kind(path)) === "absent";
  } catch (error) {
    throw new BmrError("set-invalid", `${path} can't be looked at: ${(error as Error).message}`, {
      details: { directory: path, faults: [] },
      cause: error,
    });
  }
}

type ReadResult =
  | { readonly is: "read"; readonly set: Omit<RecoverySet, "fellBack"> }
  | { readonly is: "invalid"; readonly faults: readonly SetFault[] };

/** Reads the set in just this directory. */
export async function readSetAt(directory: string, files: SetFileSystem): Promise<ReadResult> {
  const faults: SetFault[] = [];
  const fault = (name: string | null, message: string) =>
    void faults.push({ path: name === null ? directory : `${directory}/${name}`, message });
  const set = await readFiles(directory, files, fault);
  if (set === undefined || faults.length > 0) return { is: "invalid", faults };
  const layout = parse<Layout>(set.files.get("layout.json"), LayoutSchema, (message) => fault("layout.json", message));
  const plan = parse<Plan>(set.files.get("plan.json"), PlanSchema, (message) => fault("plan.json", message));
  if (layout !== undefined && plan !== undefined) belongTogether(set.manifest, layout, plan, set.files, fault);
  if (layout === undefined || plan === undefined || faults.length > 0) return { is: "invalid", faults };
  return { is: "read", set: { directory, ...set, layout, plan } };
}

type Report = (name: string | null, message: string) => void;

interface SetFiles extends Pick<RecoverySet, "manifest" | "manifestBytes" | "signature"> {
  readonly files: Map<string, Uint8Array>;
}

/** The manifest and all files, each with the sum that the manifest gives; undefined when something is wrong. */
async function readFiles(directory: string, files: SetFileSystem, fault: Report): Promise<SetFiles | undefined> {
  const names = await listSet(directory, files, fault);
  if (names === undefined) return undefined;
  const contents = new Map<string, Uint8Array>();
  for (const name of names) {
    const content = await readOne(`${directory}/${name}`, files, (message) => fault(name, message));
    if (content !== undefined) contents.set(name, content);
  }
  if (!names.includes(MANIFEST)) fault(MANIFEST, "it isn't there, so nothing says what belongs to the set");
  const manifestBytes = contents.get(MANIFEST);
  const manifest = parse<Manifest>(manifestBytes, ManifestSchema, (message) => fault(MANIFEST, message));
  if (manifest === undefined || manifestBytes === undefined) return undefined;
  const signature = contents.get(SIGNATURE) ?? null;
  contents.delete(MANIFEST);
  contents.delete(SIGNATURE);
  compareWithManifest(manifest, names, contents, fault);
  return { manifest, manifestBytes, signature, files: contents };
}

function compareWithManifest(
  manifest: Manifest,
  names: readonly string[],
  contents: ReadonlyMap<string, Uint8Array>,
  fault: Report,
): void {
  const listed = new Set(manifest.files.map(({ name }) => name));
  const listsItself = listed.has(MANIFEST) || listed.has(SIGNATURE);
  if (listed.size < manifest.files.length || listsItself) fault(MANIFEST, "it lists a file twice, or itself");
  for (const name of ["layout.json", "plan.json", "BMRcmds"]) {
    if (!listed.has(name)) fault(MANIFEST, `it doesn't list ${name}`);
  }
  for (const name of names) {
    if (name !== MANIFEST && name !== SIGNATURE && !listed.has(name))
      fault(name, "it isn't in the manifest, so it doesn't belong to the set");
  }
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = contents.get(name);
    if (content === undefined) {
      if (!names.includes(name)) fault(name, "it is in the manifest and isn't there");
    } else if (content.length !== bytes) {
      fault(name, `it has ${content.length} bytes, and ${bytes} were written`);
    } else if (createHash("sha256").update(content).digest("hex") !== sha256) {
      fault(name, "its content isn't what was written: its sha256 is another one");
    }
  }
}

async function listSet(directory: string, files: SetFileSystem, fault: Report): Promise<readonly string[] | undefined> {
  try {
    const kind = await files.kind(directory);
    if (kind === "directory") return [...(await files.list(directory))].sort();
    fault(null, kind === "absent" ? "there is no recovery set" : "it is no directory");
  } catch (error) {
    fault(null, (error as Error).message);
  }
  return undefined;
}

async function readOne(
  path: string,
  files: SetFileSystem,
  fault: (message: string) => void,
): Promise<Uint8Array | undefined> {
  try {
    if ((await files.kind(path)) === "file") return await files.read(path);
    fault("it is no regular file");
  } catch (error) {
    fault((error as Error).message);
  }
  return undefined;
}

/** JSON that fits the schema, as it was written: the digest of a layout depends on the order of its keys. */
function parse<T>(
  content: Uint8Array | undefined,
  schema: z.ZodType<T>,
  fault: (message: string) => void,
): T | undefined {
  if (content === undefined) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(content).toString("utf8"));
  } catch (error) {
    fault(`it is no JSON: ${(error as Error).message}`);
    return undefined;
  }
  const newer = newerVersion(data);
  if (newer !== undefined) {
    fault(newer);
    return undefined;
  }
  const result = schema.safeParse(data);
  if (result.success) return data as T;
  for (const issue of result.error.issues.slice(0, 20)) {
    fault(`${issue.path.map(String).join(".") || "at the top"}: ${issue.message}`);
  }
  return undefined;
}

/** What this program writes and knows: the same number for manifest, layout and plan. */
const VERSION = 1;

/** Said instead of all that doesn't fit: a newer form is no damage, and what reads it is at hand. */
function newerVersion(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { version, tool } = data as { readonly version?: unknown; readonly tool?: { readonly version?: unknown } };
  if (typeof version !== "number" || version <= VERSION) return undefined;
  const by = typeof tool?.version === "string" ? `, written by bmr ${printable(tool.version)}` : "";
  return `it is of version ${version}${by}, and this bmr knows up to version ${VERSION}: use a newer one; the set itself holds the one that wrote it, bmr.cjs`;
}

function belongTogether(
  manifest: Manifest,
  layout: Layout,
  plan: Plan,
  files: ReadonlyMap<string, Uint8Array>,
  fault: Report,
): void {
  if (plan.layoutDigest !== digest(layout)) fault("plan.json", "it was made from another layout than layout.json");
  const hosts = new Set([manifest.machine.hostname, layout.machine.hostname, plan.machine.hostname]);
  if (hosts.size > 1) fault(MANIFEST, `manifest, layout and plan are of different machines: ${[...hosts].join(", ")}`);
  for (const name of setFilesOf(plan)) {
    if (!files.has(name)) fault(name, "the plan's steps use it, and it isn't in the set");
  }
}
