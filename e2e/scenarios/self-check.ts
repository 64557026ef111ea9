import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compareManifests, readManifest } from "../lab/compare-manifests.js";
import { LabError } from "../lab/error.js";
import { compileGuestPrograms } from "../lab/guest-programs.js";
import { guestDir } from "../lab/paths.js";
import type { HostScenario } from "./scenario.js";

/** A way to spoil a copy of the payload: a shell command run in it, and the difference that must be reported. */
interface Damage {
  readonly what: string;
  readonly command: readonly [string, ...string[]];
  readonly expect: RegExp;
}

const damages: readonly Damage[] = [
  {
    what: "one byte",
    command: ["dd", "if=/dev/zero", "of=links/one", "bs=1", "count=1", "conv=notrunc"],
    expect: /links\/one: sha256/,
  },
  { what: "a deleted file", command: ["rm", "names/-rf"], expect: /names\/-rf: only before/ },
  { what: "a new file", command: ["touch", "names/new"], expect: /names\/new: only after/ },
  { what: "a mode", command: ["chmod", "0755", "owners/mode-4755"], expect: /mode-4755: mode/ },
  { what: "an owner", command: ["chown", "--no-dereference", "0", "links/dangling"], expect: /dangling: uid/ },
  { what: "a capability", command: ["setcap", "-r", "attributes/capable"], expect: /capable: xattrs/ },
  { what: "an ACL", command: ["setfacl", "-x", "u:1234", "attributes/acl"], expect: /acl: xattrs/ },
  { what: "a default ACL", command: ["setfacl", "-k", "attributes/default-acl"], expect: /default-acl: xattrs/ },
  { what: "a user attribute", command: ["setfattr", "-x", "user.plain", "attributes/xattr"], expect: /xattr: xattrs/ },
  {
    what: "a trusted attribute",
    command: ["setfattr", "-x", "trusted.lab", "attributes/xattr"],
    expect: /xattr: xattrs/,
  },
  {
    what: "a hard link",
    command: ["cp", "--preserve=all", "--remove-destination", "links/one", "links/two"],
    expect: /two: linkedTo/,
  },
  {
    what: "a filled hole",
    command: ["fallocate", "-o", "1048576", "-l", "1048576", "sparse/nothing"],
    expect: /nothing: data/,
  },
  { what: "a filled file", command: ["fallocate", "-l", "64M", "sparse/islands"], expect: /islands: data/ },
  { what: "a link target", command: ["ln", "-sfn", "two", "links/symlink"], expect: /symlink: target/ },
  {
    what: "a nanosecond",
    command: ["touch", "-d", "2001-02-03 04:05:06.123456788 UTC", "times/sub-second"],
    expect: /sub-second: mtime/,
  },
  {
    what: "a directory's time",
    command: ["touch", "-d", "1998-08-08 08:08:08 UTC", "times/dir"],
    expect: /times\/dir: mtime/,
  },
  {
    what: "a symlink's time",
    command: ["touch", "-hd", "1999-09-09 UTC", "times/symlink"],
    expect: /times\/symlink: mtime/,
  },
];

/**
 * Checks the lab's own measure: two copies of the payload are equal, and each spoiled copy is seen to differ, in that one
 * respect. Runs on the host, without a VM.
 */
export const selfCheck: HostScenario = {
  kind: "host",
  name: "self-check",
  summary: "the comparison of restored files sees every kind of difference (no VM)",
  quick: true,
  async run({ dir }) {
    compileGuestPrograms(dir);
    const copy = join(dir, "copy");
    mkdirSync(copy);
    execFileSync("bash", [
      "-c",
      `sed s:/lab/:"$1"/: "$2" | bash -s "$3"`,
      "-",
      guestDir,
      join(guestDir, "payload.sh"),
      join(dir, "original"),
    ]);
    const refresh = (): void => {
      rmSync(copy, { recursive: true });
      execFileSync("cp", ["--archive", "--sparse=auto", join(dir, "original"), copy]);
    };
    const differences = (): readonly string[] => {
      const manifests = ["original", "copy"].map((name) => {
        const file = join(dir, `${name}.manifest`);
        const out = openSync(file, "w");
        execFileSync(process.execPath, [join(dir, "manifest.mjs"), "."], {
          cwd: join(dir, name),
          stdio: ["ignore", out, "inherit"],
        });
        closeSync(out);
        return readManifest(file);
      });
      const [before, after] = manifests;
      if (before === undefined || after === undefined || before.size < 80)
        throw new LabError("a manifest is missing or short");
      return compareManifests(before, after, []);
    };
    refresh();
    const none = differences();
    if (none.length > 0) throw new LabError(`two equal copies are said to differ: ${none.join("; ")}`);
    for (const damage of damages) {
      refresh();
      execFileSync(damage.command[0], damage.command.slice(1), { cwd: copy, stdio: "ignore" });
      const seen = differences();
      if (!seen.some((line) => damage.expect.test(line)))
        throw new LabError(`${damage.what}: not seen (${seen.join("; ") || "no difference"})`);
    }
    return { report: [`${damages.length} kinds of damage seen, two equal copies said to be equal`] };
  },
};
