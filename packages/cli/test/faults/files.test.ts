import { BmrError, buildPlan, type Finding, kinds, type Layout, lossesAgainst, type ProbeHost, scan } from "@bmr/core";
import { describe, expect, test } from "vitest";
import { ailing, type FileAnswer, server } from "./machine.js";

interface Outcome {
  readonly layout: Layout;
  readonly findings: readonly Finding[];
  /** What there is and how it is made again, without what is said about it. */
  readonly essence: string;
}

async function outcomeOf(host: ProbeHost): Promise<Outcome | BmrError> {
  try {
    const { layout } = await scan(host, { kinds });
    const { plan, files } = buildPlan(layout, kinds);
    const { findings, layoutDigest: _, ...steps } = plan;
    return { layout, findings, essence: JSON.stringify([{ ...layout, findings: [] }, steps, [...files]]) };
  } catch (error) {
    if (error instanceof BmrError) return error;
    throw error;
  }
}

/** What a scan of the healthy server asks for, in the order of the recording. */
const PATHS = [...new Set([...server.files, ...server.links].map(({ path }) => path))];

/**
 * Paths that differ only in numbers and device names are asked for by the same code: the first two of each kind stand
 * for the others, but in the long run.
 */
function chosen(paths: readonly string[]): readonly string[] {
  if (process.env.BMR_TEST_LONG) return paths;
  const seen = new Map<string, number>();
  return paths.filter((path) => {
    const kind = path.replace(/\b(dm-|loop|ram|sd)[a-z]*\d*/g, "$1").replace(/\d+/g, "0");
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    return (seen.get(kind) as number) <= 2;
  });
}

const good = (await outcomeOf(ailing({}))) as Outcome;
const known = new Set(good.findings.map((finding) => JSON.stringify(finding)));

/** Tries one fault on all of these paths, and gives each outcome that isn't the healthy server's. */
async function each(
  paths: readonly string[],
  fault: (truth: FileAnswer) => FileAnswer,
  judge: (path: string, outcome: Outcome, fresh: readonly Finding[]) => void,
): Promise<number> {
  let changed = 0;
  for (const path of paths) {
    const outcome = await outcomeOf(ailing({ file: (asked, truth) => (asked === path ? fault(truth) : truth) }));
    if (outcome instanceof BmrError) {
      expect(outcome.code, path).toBe("host-unusable");
      expect(outcome.message, path).toMatch(/can't be read|isn't mounted/);
      changed += 1;
    } else if (outcome.essence !== good.essence) {
      changed += 1;
      judge(
        path,
        outcome,
        outcome.findings.filter((finding) => !known.has(JSON.stringify(finding))),
      );
    }
  }
  return changed;
}

const isHeld = ({ layout }: Outcome): boolean => lossesAgainst(good.layout, layout, kinds).length > 0;

describe.each<[string, FileAnswer]>([
  ["may not be read", { is: "denied", reason: "EACCES: permission denied, open" }],
  ["can't be read", { is: "failed", reason: "EIO: i/o error, read" }],
])("what %s", (_, answer) => {
  test("is named, and no set without it takes the place of the good one", { timeout: 600_000 }, async () => {
    const changed = await each(
      chosen(PATHS),
      () => answer,
      (path, outcome, fresh) => {
        const telling = fresh.filter(({ severity, message }) => severity !== "note" && message.includes(path));
        expect(
          telling.map(({ code }) => code),
          path,
        ).not.toEqual([]);
        expect(isHeld(outcome), path).toBe(true);
      },
    );
    expect(changed).toBeGreaterThan(20);
  });
});

/** The kernel's own files come whole or not at all; what breaks off is a device, or a tool's file. */
const BREAKS_OFF = PATHS.filter((path) => /^\/dev\/|\/bmr-vg-/.test(path));

test.each<[string, (content: string) => string]>([
  ["breaks off", (content) => content.slice(0, content.length / 2)],
  ["is empty", () => ""],
  ["is zeros", (content) => "\0".repeat(content.length)],
  ["is garbage", (content) => "\udcff#{".repeat(content.length / 3)],
])("a device or a tool's file that %s: it is said, and the good set stays", { timeout: 600_000 }, async (_, spoil) => {
  const changed = await each(
    BREAKS_OFF,
    (truth) => (truth.is === "file" ? { ...truth, content: spoil(truth.content) } : truth),
    (path, outcome, fresh) => {
      expect(
        fresh.filter(({ severity }) => severity !== "note").map(({ code }) => code),
        path,
      ).not.toEqual([]);
      expect(isHeld(outcome), path).toBe(true);
    },
  );
  expect(changed).toBeGreaterThan(4);
});

/** A server without a file is a server too: what depends on it is told by comparison with the last set, and nothing breaks. */
test("what is absent, empty or cut is a server of its own: no crash", { timeout: 600_000 }, async () => {
  const paths = chosen(PATHS);
  const absent = await each(
    paths,
    () => ({ is: "absent" }),
    () => {},
  );
  const cut = await each(
    paths,
    (truth) => {
      if ("content" in truth) return { ...truth, content: truth.content.slice(0, truth.content.length / 2) };
      return "names" in truth ? { ...truth, names: truth.names.slice(0, truth.names.length / 2) } : truth;
    },
    () => {},
  );
  expect(Math.min(absent, cut)).toBeGreaterThan(20);
});

test("without a disk's own directory in sysfs, the disk and all on it are lost, and said to be", async () => {
  const names = (truth: FileAnswer) =>
    "names" in truth ? { ...truth, names: truth.names.filter((name) => name !== "dm-0") } : truth;
  const changed = await each(["/sys/class/block"], names, (_, outcome) => {
    expect(isHeld(outcome)).toBe(true);
  });
  expect(changed).toBe(1);
});
