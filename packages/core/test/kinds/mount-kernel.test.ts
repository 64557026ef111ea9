import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textOf } from "../../src/host/bytes.js";
import { localHost } from "../../src/host/local.js";
import { probeMounts } from "../../src/kinds/mount/index.js";
import { parseStat, statArgv } from "../../src/kinds/mount/parse-stat.js";
import { placeMounts } from "../../src/kinds/mount/tree.js";
import { type Mounted, parseMountinfo } from "../../src/layout/mountinfo.js";

const mayMount = spawnSync("unshare", ["-m", "true"]).status === 0;

/** Mounts at names that hurt, in a mount namespace of its own; prints the kernel's table, a NUL byte, and what stat says. */
const SCRIPT = `
const { execFileSync } = require("node:child_process");
const { mkdirSync, readFileSync, chmodSync, chownSync, writeSync } = require("node:fs");
const [top, names, stat] = JSON.parse(process.argv[1]);
const mount = (...args) => execFileSync("mount", args);
mount("-t", "tmpfs", "-o", "mode=755", "none", top);
for (const name of names) {
  const at = top + "/" + name;
  mkdirSync(at);
  mount("-t", "tmpfs", "a source", at);
  chmodSync(at, 0o2751);
  chownSync(at, 1234, 5678);
}
mkdirSync(Buffer.concat([Buffer.from(top + "/latin"), Buffer.of(0xe9)]));
execFileSync("sh", ["-c", 'mount -t tmpfs none "$(printf "$1/latin\\\\351")"', "sh", top]);
mkdirSync(top + "/below/sub", { recursive: true });
mount("-t", "tmpfs", "none", top + "/below/sub");
mount("-t", "tmpfs", "over", top + "/below");
mount("-t", "tmpfs", "over again", top + "/below");
writeSync(1, readFileSync("/proc/self/mountinfo"));
writeSync(1, "\\0");
writeSync(1, execFileSync(stat[0], stat.slice(1)));
`;

const NAMES = [
  "a blank",
  "new\nline",
  "tab\tbed",
  "#hash",
  "back\\slash",
  "back\\134slash",
  "$(reboot)",
  "'\"",
  "äöü-日本",
  "-o",
];

describe.skipIf(!mayMount)("what the kernel and stat say of names that hurt", () => {
  const top = mkdtempSync(join(tmpdir(), "bmr-mount-"));
  afterAll(() => rmdirSync(top));
  let mounted: readonly Mounted[] = [];
  let stat = "";

  beforeAll(() => {
    const argument = JSON.stringify([top, NAMES, statArgv(NAMES.map((name) => `${top}/${name}`))]);
    const out = execFileSync("unshare", ["-m", process.execPath, "-e", SCRIPT, argument]);
    const end = out.indexOf(0);
    const parsed = parseMountinfo(textOf(out.subarray(0, end)), "mountinfo");
    if (parsed.is === "unknown") throw new Error(parsed.failure.message);
    mounted = parsed.facts;
    stat = textOf(out.subarray(end + 1));
  });

  test("each name as it is", () => {
    const below = mounted.filter(({ at }) => at.startsWith(`${top}/`)).map(({ at }) => at.slice(top.length + 1));
    expect(below).toEqual([...NAMES, "latin\udce9", "below/sub", "below", "below"]);
    expect(mounted.find(({ at }) => at === `${top}/a blank`)).toMatchObject({
      type: "tmpfs",
      source: "a source",
      root: "/",
    });
  });

  test("what is covered, and by what", () => {
    const covered = placeMounts(mounted).filter(({ mounted: { at } }) => at.startsWith(`${top}/below`));
    expect(covered.map(({ mounted: { source }, hidden }) => [source, hidden])).toEqual([
      ["none", true],
      ["over", true],
      ["over again", false],
    ]);
  });

  test("owner and mode of each", () => {
    const parsed = parseStat(stat, "stat");
    expect(parsed.is === "known" && [...parsed.facts]).toEqual(
      NAMES.map((name) => [`${top}/${name}`, { mode: 0o2751, uid: 1234, gid: 5678 }]),
    );
  });
});

test("this machine has a root that can be seen, and a root directory", async () => {
  const probed = await probeMounts(localHost());
  expect(probed).toMatchObject({ is: "known", facts: { table: "/proc/self/mountinfo", placesFailure: null } });
  if (probed.is === "unknown") return;
  expect(placeMounts(probed.facts.mounted).filter(({ mounted: { at }, hidden }) => at === "/" && !hidden)).toHaveLength(
    1,
  );
  expect(probed.facts.places.get("/")).toMatchObject({ uid: 0, gid: 0 });
});
