import { createHash } from "node:crypto";
import { BmrError } from "../error.js";
import { bytesOf } from "../host/bytes.js";
import type { Layout } from "../layout/layout.js";
import { LayoutSchema } from "../layout/layout-schema.js";
import { digest } from "../plan/build.js";
import type { SetFile } from "../plan/part.js";
import type { Plan } from "../plan/plan.js";
import { setFilesOf } from "../plan/plan-faults.js";
import { PlanSchema } from "../plan/plan-schema.js";
import { MANIFEST, type Manifest, type ManifestFile, SIGNATURE } from "./manifest.js";
import { readSetAt } from "./read-set.js";
import { localSetFileSystem, type SetFileSystem } from "./set-file-system.js";
import { nameFault } from "./set-name.js";
import { generationsOf, settle, swap } from "./swap.js";

/** What goes into a recovery set. */
export interface RecoverySetContents {
  readonly layout: Layout;
  readonly plan: Plan;
  /** What the plan's steps name, and what else belongs to it: `ptbl-…`, `VG-…`, `lvm.conf`. */
  readonly files: readonly SetFile[];
  /** The text of BMRcmds. */
  readonly commands: string;
  /** bmr as one file; null where it isn't at hand. */
  readonly program: Uint8Array | null;
  /** The text of evidence.json; null where the scan wasn't recorded. */
  readonly evidence: string | null;
}

/** When and by what a set is written. */
export interface SetOrigin {
  /** When the machine was looked at, ISO 8601 in UTC. */
  readonly time: string;
  readonly tool: Manifest["tool"];
  /** Gives the signature of the manifest's bytes; absent, the set isn't signed. Where it throws, the last set stays. */
  readonly sign?: (manifest: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Writes a recovery set beside the last one, and puts it in its place once all of it is on the disk. The two before
 * it are kept. Whatever interrupts it, a set that was there before can be read.
 *
 * @returns the manifest as it was written
 * @throws BmrError `set-write-failed` with `details.path`; `plan-invalid` and `layout-invalid` where what is to be
 * written couldn't be read again; whatever `origin.sign` throws
 */
export async function writeRecoverySet(
  directory: string,
  contents: RecoverySetContents,
  origin: SetOrigin,
  files: SetFileSystem = localSetFileSystem,
): Promise<Manifest> {
  const members = membersOf(contents);
  const manifest = manifestOf(contents, origin, members);
  const manifestBytes = jsonOf(manifest);
  const signature = await origin.sign?.(manifestBytes);
  const toWrite: readonly (readonly [string, Uint8Array])[] = [
    ...members,
    [MANIFEST, manifestBytes],
    ...(signature === undefined ? [] : [[SIGNATURE, signature] as const]),
  ];
  const generations = generationsOf(directory);
  const tidy = () => settle(generations, files, async (path) => (await readSetAt(path, files)).is === "read");
  try {
    await tidy();
    await files.makeDirectory(generations.next, 0o700);
    for (const [name, content] of toWrite) {
      const path = `${generations.next}/${name}`;
      await files.create(path, content, 0o600);
      await files.sync(path);
    }
    await files.sync(generations.next);
    await swap(generations, files);
  } catch (cause) {
    // a full disk isn't filled by half a set as well; where that fails too, the next run does it
    await tidy().catch(() => {});
    throw writeFailure(generations.current, cause);
  }
  return manifest;
}

/** All files but the manifest, by name; in the order of the names, so that the same set is written in the same way. */
function membersOf(contents: RecoverySetContents): Map<string, Uint8Array> {
  refuseUnreadable(contents);
  const members = new Map<string, Uint8Array>([
    ["layout.json", jsonOf(contents.layout)],
    ["plan.json", jsonOf(contents.plan)],
    ["BMRcmds", bytesOf(contents.commands)],
  ]);
  if (contents.program !== null) members.set("bmr.cjs", contents.program);
  if (contents.evidence !== null) members.set("evidence.json", bytesOf(contents.evidence));
  for (const { name, content } of contents.files) {
    const isOurs = name === MANIFEST || name === SIGNATURE;
    const fault = members.has(name) || isOurs ? `${JSON.stringify(name)} is there twice` : nameFault(name);
    if (fault !== null) throw invalidPlan(fault);
    members.set(name, bytesOf(content));
  }
  for (const name of setFilesOf(contents.plan)) {
    if (!members.has(name))
      throw invalidPlan(`its steps use the file ${JSON.stringify(name)}, which isn't among the set's`);
  }
  return new Map([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a reader would refuse isn't written in the first place: that would be found out in front of a dead server. */
function refuseUnreadable({ layout, plan }: RecoverySetContents): void {
  const layoutRead = LayoutSchema.safeParse(JSON.parse(JSON.stringify(layout)));
  if (!layoutRead.success) throw unreadable("layout-invalid", "the layout", layoutRead.error.issues);
  const planRead = PlanSchema.safeParse(JSON.parse(JSON.stringify(plan)));
  if (!planRead.success) throw unreadable("plan-invalid", "the plan", planRead.error.issues);
  if (plan.layoutDigest !== digest(layout)) throw invalidPlan("it was made from another layout");
}

function unreadable(
  code: "layout-invalid" | "plan-invalid",
  what: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): BmrError {
  const list = issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
  return new BmrError(code, `${what} couldn't be read again, so no recovery set is written: ${list[0]}`, {
    details: { issues: list },
  });
}

function invalidPlan(fault: string): BmrError {
  return new BmrError("plan-invalid", `the plan can't go into a recovery set: ${fault}`, { details: { fault } });
}

function manifestOf(
  { layout }: RecoverySetContents,
  origin: SetOrigin,
  members: ReadonlyMap<string, Uint8Array>,
): Manifest {
  const files = [...members].map(
    ([name, content]): ManifestFile => ({
      name,
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    }),
  );
  const { tool, time } = origin;
  return { format: "bmr-recovery-set", version: 1, tool, machine: layout.machine, time, files };
}

function jsonOf(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
}

function writeFailure(directory: string, cause: unknown): BmrError {
  if (cause instanceof BmrError) return cause;
  const { path = directory, code } = cause as NodeJS.ErrnoException;
  const message = `the recovery set ${directory} can't be written: ${(cause as Error).message}. A set that was there before can still be read.`;
  return new BmrError("set-write-failed", message, { details: { path, errno: code }, cause });
}
