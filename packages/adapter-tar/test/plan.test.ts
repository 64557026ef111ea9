import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { buildPlan, PlanSchema, renderAction } from "@bmr/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TarOptions, tarAdapter } from "../src/index.js";
import { parseOutput } from "../src/parse-output.js";
import { backup, contextOf, type Lab, layoutOf, newLab, removeLab } from "./helpers/lab.js";
import { plainTree } from "./helpers/tree.js";

let lab: Lab;
beforeEach(async () => {
  lab = await newLab();
});
afterEach(() => removeLab(lab));

const FORMS: readonly TarOptions[] = [
  { to: "/backup/web1.tar" },
  { to: "/backup/web1.tar.zst", compress: ["zstd", "-T0"] },
  { to: "ssh://bmr@vault:2222/backup/web1.tar" },
  { to: "ssh://vault/backup/web1.tar.gz", compress: ["gzip"] },
  { to: "-" },
  { to: "-", compress: ["xz"] },
];

describe("the restore in a plan", () => {
  it.each(FORMS)("is pure data that the plan's schema takes: %j", (options) => {
    const context = contextOf(lab, options);
    const { plan } = buildPlan(context.layout, [], [mounts, tarAdapter.planRestore(context)]);
    const text = JSON.stringify(plan);
    expect(PlanSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
    expect(JSON.stringify(buildPlan(context.layout, [], [mounts, tarAdapter.planRestore(context)]).plan)).toBe(text);
    expect(plan.steps.map((step) => step.phase)).toEqual(["mount", ...plan.steps.slice(1).map(() => "restore")]);
  });

  it("keeps what is chosen on the day out of the shell of the other host", () => {
    const { params = [] } = tarAdapter.planRestore(contextOf(lab, { to: "ssh://vault/b/web1.tar" }));
    const pattern = new RegExp(`^(?:${params.find(({ name }) => name === "backup")?.pattern})$`, "u");
    expect(pattern.test("/other/web1.tar")).toBe(true);
    for (const path of ["/a b", "/a;reboot", "/$(reboot)", "/a\nb", "relative", "/a'b"])
      expect(pattern.test(path)).toBe(false);
  });

  it("uses SELinux where the server did", () => {
    const labelled = layoutOf([{ at: "/sys/fs/selinux", type: "selinuxfs", source: { is: "pseudo" } }]);
    const text = (layout: typeof labelled) =>
      JSON.stringify(tarAdapter.planRestore(contextOf(lab, { to: "-" }, layout)).steps);
    expect(text(labelled)).toContain('"--selinux"');
    expect(text(layoutOf())).not.toContain("--selinux");
  });
});

/** Stands for what the kinds contribute: everything is mounted. */
const mounts = {
  steps: [
    {
      id: "mount:/" as never,
      title: "Mount /",
      why: "",
      phase: "mount",
      run: [],
      destroys: [],
      before: [],
      done: [],
      needs: [],
      provides: ["mounted:/"],
    },
  ],
} as const;

describe("the way back to the recovery set", () => {
  it.each([
    [{}, 262_144],
    [{ compress: ["gzip"] as const }, 4096],
  ])("reads the head alone, as it is shown: %j", async (more, head) => {
    await plainTree(lab.server);
    const to = join(lab.place, "web 1.tar");
    const context = contextOf(lab, { to, ...more });
    expect((await backup(context)).verdict).toBe("ok");
    truncateSync(to, head);
    const [command] = tarAdapter.bootstrap(context).commands;
    const line = renderAction(command as NonNullable<typeof command>).replace("-C /", `-C ${lab.target}`);
    execFileSync("sh", ["-c", line], { stdio: "pipe" });
    expect(readFileSync(join(lab.target, "etc/BMR/manifest.json"), "utf8")).toContain("bmr-set");
  });

  it("tells who reads the stream without bmr what it is", async () => {
    await plainTree(lab.server);
    const to = join(lab.place, "web1.tar");
    expect((await backup(contextOf(lab, { to, compress: ["gzip"] }))).verdict).toBe("ok");
    const readme = execFileSync("sh", [
      "-c",
      `gzip -d -c < "${to}" 2>/dev/null | tar -x -O -f - ./.bmr-backup/README`,
    ]).toString();
    expect(readme).toContain('This is a backup of "web1"');
    // what it says to type does what it says
    const [all] = /^ {2}(head .*)$/m.exec(readme)?.slice(1) ?? [];
    mkdirSync(join(lab.target, "a"));
    execFileSync("sh", ["-c", (all as string).replace("BACKUP", to).replace("/mnt/a", join(lab.target, "a"))]);
    expect(statSync(join(lab.target, "a/home/sparse")).size).toBe(64 * 1_048_576);
    const index = readFileSync(join(lab.target, "a/.bmr-backup/index"), "utf8");
    const [, block] = /^block (\d+): \.\/home\/a\/notes$/m.exec(index) ?? [];
    const second = execFileSync("sh", [
      "-c",
      `gzip -d -c < "${to}" 2>/dev/null | tail -c +${262_144 + 1 + Number(block) * 512} | head -c 5000`,
    ]);
    expect(second.toString("latin1")).toContain("./home/a/notes");
  });
});

describe("parseOutput", () => {
  const read = (text: string) => parseOutput({ stream: "stderr", text });

  it("reads progress, totals, and the file that a message is about", () => {
    expect(read("tar: bmr-progress 400")).toEqual([{ is: "progress", bytes: 104_857_600 }]);
    expect(read("Total bytes written: 10240 (10KiB, 7.6MiB/s)")).toEqual([{ is: "total", of: "bytes", count: 10_240 }]);
    expect(read("tar: ./a\\: b\\\\c\\303\\274\\n: file changed as we read it")).toEqual([
      {
        is: "message",
        severity: "warning",
        text: "./a\\: b\\\\c\\303\\274\\n: file changed as we read it",
        path: "/a: b\\cü\n",
      },
    ]);
    expect(read("tar: Exiting with failure status due to previous errors")).toEqual([
      { is: "message", severity: "error", text: "Exiting with failure status due to previous errors" },
    ]);
    expect(read("dd: error writing '/b/x': No space left on device")).toEqual([
      { is: "message", severity: "error", text: "dd: error writing '/b/x': No space left on device" },
    ]);
    expect(read("something else")).toEqual([]);
  });
});
