import { execFileSync } from "node:child_process";
import { readdirSync, statSync, truncateSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Lab, newLab, removeLab } from "./helpers/lab.js";
import { plainTree } from "./helpers/tree.js";
import { walk } from "./helpers/walk.js";

const SCRIPT = resolve(fileURLToPath(import.meta.url), "../fixtures/stream.ts");

let lab: Lab;
let file: string;
beforeEach(async () => {
  lab = await newLab();
  file = join(lab.place, "stream");
  await plainTree(lab.server);
});
afterEach(() => removeLab(lab));

/** Runs the fixture in a shell line, in which it stands as `$BMR`; gives its verdict. */
function shell(line: string, env: Record<string, string> = {}): string {
  const bmr = `${process.execPath} --conditions=@bmr/source --import tsx ${SCRIPT}`;
  const verdict = join(lab.directory, "verdict");
  execFileSync("sh", ["-c", line.replace("$BMR", bmr)], {
    env: { ...process.env, ...env, LAB: lab.directory, FILE: file, VERDICT: verdict },
  });
  return execFileSync("cat", [verdict], { encoding: "utf8" });
}

function expected(): ReturnType<typeof walk> {
  const tree = walk(lab.server);
  for (const name of tree.keys()) if (name.startsWith("/tmp/")) tree.delete(name);
  return tree;
}

it("a backup to standard output comes back from standard input, with files at both ends", () => {
  expect(shell('$BMR backup "$LAB" > "$FILE" 2> "$VERDICT"')).toBe("ok");
  expect(statSync(file).size).toBe(3 * 262_144 + 10_240);
  expect(shell('$BMR restore "$LAB" < "$FILE" 2> "$VERDICT"')).toBe("ok");
  expect(walk(lab.target)).toEqual(expected());
});

it("a compressed one comes back through pipes, and one that is cut off is refused at its end", () => {
  const env = { COMPRESS: "yes" };
  expect(shell('$BMR backup "$LAB" 2> "$VERDICT" | cat > "$FILE"', env)).toBe("ok");
  expect(shell('cat "$FILE" | $BMR restore "$LAB" 2> "$VERDICT"', env)).toBe("ok");
  expect(walk(lab.target)).toEqual(expected());
  truncateSync(file, statSync(file).size - 10_240 - 100);
  expect(shell('cat "$FILE" | $BMR restore "$LAB" 2> "$VERDICT"', env)).toMatch(/^restore:tar-(complete|files)/);
  expect(shell('cat "$FILE" | $BMR restore "$LAB" 2> "$VERDICT"', { ...env, ACCEPT: "yes" })).toBe("ok");
  expect(readdirSync(lab.target)).toContain("etc");
});
