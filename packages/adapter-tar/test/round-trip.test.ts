import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lacks } from "../../../scripts/test-tools.js";
import { backup, contextOf, IS_ROOT, type Lab, newLab, removeLab, restore, taskOf } from "./helpers/lab.js";
import { plainTree, rootTree, socketAt } from "./helpers/tree.js";
import { acls, capabilities, walk, xattrs } from "./helpers/walk.js";

let lab: Lab;
beforeEach(async () => {
  lab = await newLab();
  await plainTree(lab.server);
});
afterEach(() => removeLab(lab));

/** The tree as it has to come back: without what isn't kept. */
function expected(root: string): ReturnType<typeof walk> {
  const tree = walk(root);
  for (const name of tree.keys()) if (name.startsWith("/tmp/")) tree.delete(name);
  return tree;
}

describe("a backup to a file and its restore", () => {
  it("bring everything back that a user can make", async () => {
    const context = contextOf(lab, { to: join(lab.place, "web1.tar") });
    const made = await backup(context);
    expect(made.tasks.flatMap((task) => task.judgement.reasons)).toEqual([]);
    expect(made.verdict).toBe("ok");
    expect(readdirSync(lab.place)).toEqual(["web1.tar"]);
    expect(statSync(join(lab.place, "web1.tar")).mode & 0o777).toBe(0o600);
    const restored = await restore(lab, context);
    expect(restored.refused).toBeNull();
    expect(restored.ran.map(({ task }) => task.id)).toEqual([
      "restore:tar-look",
      "restore:tar-files",
      "restore:tar-complete",
    ]);
    expect(walk(lab.target)).toEqual(expected(lab.server));
  });

  it.for([["gzip"], ["zstd", "-T2", "-3"], ["xz", "-0"]] as const)("go through %s", async (compress, { skip }) => {
    skip(lacks(compress[0]), `needs ${compress[0]}`);
    const context = contextOf(lab, { to: join(lab.place, "web1.tar.z"), compress });
    expect((await backup(context)).verdict).toBe("ok");
    expect((await restore(lab, context)).refused).toBeNull();
    expect(walk(lab.target)).toEqual(expected(lab.server));
    expect(statSync(join(lab.place, "web1.tar.z")).size).toBeLessThan(100_000);
  });

  it.skipIf(lacks("zstd"))("go through ssh, by the shell of the other host", async () => {
    const context = contextOf(lab, { to: `ssh://backup@vault:2222${lab.place}/web1.tar`, compress: ["zstd"] });
    const made = await backup(context);
    expect(made.tasks.flatMap((task) => task.judgement.reasons)).toEqual([]);
    expect(readdirSync(lab.place)).toEqual(["web1.tar"]);
    expect(statSync(join(lab.place, "web1.tar")).mode & 0o777).toBe(0o600);
    expect((await restore(lab, context)).refused).toBeNull();
    expect(walk(lab.target)).toEqual(expected(lab.server));
  });

  it("say that a socket isn't kept", async () => {
    const socket = await socketAt(join(lab.server, "home/socket"));
    const context = contextOf(lab, { to: join(lab.place, "web1.tar") });
    const made = await backup(context);
    socket.close();
    expect(made.verdict).toBe("ok");
    expect(taskOf(made, "tar-files").messages).toContainEqual({
      is: "message",
      severity: "note",
      text: "./home/socket: socket ignored",
      path: "/home/socket",
    });
  });

  it("count the bytes", async () => {
    const made = await backup(contextOf(lab, { to: join(lab.place, "web1.tar") }));
    const { counters } = taskOf(made, "tar-files");
    expect(counters.bytes).toBeGreaterThanOrEqual(262_144);
    expect((counters.bytes ?? 0) % 262_144).toBe(0);
  });
});

const HAS_ATTRIBUTES = !lacks("setcap", "setfacl", "setfattr");

describe.skipIf(!IS_ROOT || !HAS_ATTRIBUTES)("a backup of what only root can make (needs root)", () => {
  it("brings owners, modes, devices, ACLs, xattrs and capabilities back", async () => {
    await rootTree(lab.server);
    const context = contextOf(lab, { to: join(lab.place, "web1.tar") });
    expect((await backup(context)).verdict).toBe("ok");
    expect((await restore(lab, context)).refused).toBeNull();
    expect(walk(lab.target)).toEqual(expected(lab.server));
    expect(capabilities(lab.target)).toEqual(capabilities(lab.server));
    expect(capabilities(lab.target).join("\n")).toContain("cap_net_raw");
    expect(acls(lab.target)).toEqual(acls(lab.server));
    expect(xattrs(lab.target)).toEqual(xattrs(lab.server));
    expect(xattrs(lab.target).join("\n")).toContain("trusted.on-link");
  });
});
