import type { Layout } from "../layout/layout.js";
import { type ReferenceFiles, type ReferenceSource, syntaxName } from "../references/reference-source.js";
import type { DraftStep, ParamSpec, PlanPart } from "./part.js";
import { type NamedIn, stepId } from "./step.js";

/** The choice whether names of disks that are gone are written anew in the restored system. */
export const FIX_REFERENCES = "fix-references";

/** Where the files stay as they were, in the restored system itself. */
const KEEP = "/var/log/bmr/replaced";

const PARAM: ParamSpec = {
  name: FIX_REFERENCES,
  title: "Write what disks are called here in place of what they were called (--fix-references)",
  pattern: "yes|no|ignore",
  default: "no",
};

/**
 * The steps that see to what configuration files call disks, once the files are restored and before initramfs and boot
 * loader are made from them. Onto the recorded disks they find nothing to do.
 *
 * @param drafts all other steps of the plan
 */
export function referencePart(
  layout: Layout,
  sources: readonly ReferenceSource[],
  drafts: readonly DraftStep[],
): PlanPart {
  const files = sources.flatMap(({ kind, references }) =>
    (references?.files(layout) ?? []).map((one): Reference => ({ ...one, named: namedIn(kind, one) })),
  );
  if (files.length === 0 || !drafts.some(mountsRoot)) return {};
  return {
    steps: [seeStep(files), fixStep(files), searchStep()],
    params: [PARAM],
    tools: [
      { tool: "grep", where: "rescue", package: "grep" },
      { tool: "cp", where: "rescue", package: "coreutils" },
      { tool: "mkdir", where: "rescue", package: "coreutils" },
    ],
  };
}

/** What makes the restored system boot waits until its files name the right disks. */
export function afterReferences(step: DraftStep): DraftStep {
  return step.phase === "boot" ? { ...step, needs: [...step.needs, "done:references"] } : step;
}

interface Reference extends ReferenceFiles {
  readonly named: NamedIn;
}

function namedIn(kind: string, { paths, syntax }: ReferenceFiles): NamedIn {
  return {
    files: paths.map((target) => ({ target })),
    ...(syntax === undefined ? {} : { syntax: syntaxName(kind, syntax) }),
    keep: { target: KEEP },
  };
}

function mountsRoot({ phase, done }: DraftStep): boolean {
  if (phase !== "mount") return false;
  return done.some(
    (check) =>
      check.is === "mounted" && typeof check.at === "object" && "target" in check.at && check.at.target === "/",
  );
}

/** Fails closed: a name that is gone in one of these files may leave the server without its root. */
function seeStep(files: readonly Reference[]): DraftStep {
  return {
    id: stepId("see-references", "target"),
    title: "See that the restored system calls no disk what it isn't called any more",
    why: "a name that is gone would be waited for at boot: --fix-references writes the disk's name of today",
    phase: "boot",
    when: { param: FIX_REFERENCES, equals: "no" },
    run: [],
    destroys: [],
    before: files.filter(({ needed }) => needed).map(({ named }) => ({ is: "renamed", ...named })),
    done: [],
    needs: ["phase:restore", "phase:mount"],
    provides: ["done:references"],
  };
}

function fixStep(files: readonly Reference[]): DraftStep {
  return {
    id: stepId("fix-references", "target"),
    title: "Call the disks in the restored system what they are called here",
    why: `names that are gone would be waited for at boot; the files as they were stay in ${KEEP}`,
    phase: "boot",
    when: { param: FIX_REFERENCES, equals: "yes" },
    run: files.map(({ named }) => ({ do: "rename", ...named })),
    destroys: [],
    before: [],
    done: files.filter(({ needed }) => needed).map(({ named }) => ({ is: "renamed", ...named })),
    needs: ["phase:restore", "phase:mount"],
    provides: ["done:references"],
  };
}

/** Last of all: what nobody has declared, or could translate, is told by file and line. */
function searchStep(): DraftStep {
  return {
    id: stepId("search-references", "etc"),
    title: "Search /etc for what disks and network devices aren't called any more",
    why: "files that bmr doesn't know may name disks too; those that name network devices are the operator's",
    phase: "boot",
    run: [{ do: "search", in: [{ target: "/etc" }], except: ["BMR*"], network: true }],
    destroys: [],
    before: [],
    done: [],
    outcome: foundMeans("warnings", "edit it below the target, or once the server is up"),
    needs: ["phase:boot"],
    provides: [],
  };
}

/** What it means that a search for old names found some. */
export function foundMeans(verdict: "warnings" | "failed", remedy: string): NonNullable<DraftStep["outcome"]> {
  return {
    // what it found, it has said line by line; 2: there was something that it couldn't read
    exits: { "0": "ok", "1": "ok", "2": verdict },
    messages: [
      { pattern: "^/.*:[0-9]+:|^grep: .* binary file matches$|^Binary file .* matches$", means: verdict, remedy },
    ],
  };
}
