import { execFileSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { expect, test } from "vitest";
import { parseUsage, usageArgv } from "../../src/kinds/mount/parse-usage.js";

test("what stat says is what statfs(2) says", () => {
  const [program, ...rest] = usageArgv(["/", "/proc"]);
  const parsed = parseUsage(execFileSync(program, rest, { encoding: "utf8" }), "stat");
  if (parsed.is === "unknown") throw new Error(parsed.failure.message);
  const kernel = statfsSync("/");
  expect([...parsed.facts.keys()]).toEqual(["/", "/proc"]);
  const usage = parsed.facts.get("/");
  expect(usage).toMatchObject({ bytes: kernel.blocks * kernel.bsize, inodes: kernel.files });
  // other programs write at the same time
  expect(Math.abs((usage?.freeBytes ?? 0) - kernel.bfree * kernel.bsize)).toBeLessThan(2 ** 30);
});

test("a name may hold blanks and newlines", () => {
  const parsed = parseUsage("4096 100 50 10 5 /srv/a \n b\0", "stat");
  expect(parsed).toMatchObject({ is: "known" });
  expect(parsed.is === "known" && [...parsed.facts]).toEqual([
    ["/srv/a \n b", { bytes: 409600, freeBytes: 204800, inodes: 10, freeInodes: 5 }],
  ]);
});

test.each(["4096 100 50 10 /srv\0", "x 100 50 10 5 /srv\0", "4096 9007199254740993 1 1 1 /srv\0"])(
  "an answer that isn't one is a failure: %j",
  (text) => {
    expect(parseUsage(text, "stat")).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output" } });
  },
);
