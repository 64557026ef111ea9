import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { asTarSays, fromTar, literalExpression, literalPattern, markOf, memberOf } from "../src/names.js";

const directory = mkdtempSync(join(tmpdir(), "bmr-names-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const HOSTILE = [
  "plain",
  "with: colon",
  "back\\slash",
  "a\\nb",
  "new\nline",
  "tab\tbell\x07\b\v\f\r",
  "\x01\x7f\x1b[2J",
  "Grüße ☃ 𝄞",
  "st*r [a] ?",
  "{a,b} $x `y` 'q' \"d\"",
  "-rf",
  " blanks ",
  "100% ^(a|b)+.$",
];

/** Names that a file can have. */
const name = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(..."\\:*?[]nt0.a"), minLength: 1 }),
  )
  .map((text) => text.replace(/[\0/]/g, "_"))
  .filter((text) => text !== "." && text !== "..");

/** How the real tar names files that aren't there. */
function tarSays(names: readonly string[]): string[] {
  const argv = [
    "-c",
    "-f",
    "-",
    "--ignore-failed-read",
    "--no-unquote",
    "-C",
    directory,
    "--",
    ...names.map((text) => `./${text}`),
  ];
  const { stderr } = spawnSync("tar", argv, { env: { PATH: process.env.PATH, LC_ALL: "C" } });
  return stderr.toString("latin1").trimEnd().split("\n");
}

describe("asTarSays", () => {
  it("shows names as the real tar does, and fromTar reads them back", () => {
    const check = (names: readonly string[]) => {
      expect(tarSays(names)).toEqual(
        names.map((text) => `tar: ${asTarSays(`./${text}`)}: Warning: Cannot stat: No such file or directory`),
      );
      for (const text of names) expect(Buffer.from(fromTar(asTarSays(text))).toString("utf8")).toBe(text);
    };
    check(HOSTILE.map((text) => `${text}-absent`));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) =>
        check(names.map((text) => `${text}-absent`)),
      ),
      { numRuns: process.env.BMR_TEST_LONG ? 300 : 15 },
    );
  });

  it("gives expressions that match just that text", () => {
    for (const text of HOSTILE) {
      const expression = new RegExp(`^${literalExpression(asTarSays(text))}$`);
      expect(HOSTILE.filter((other) => expression.test(asTarSays(other)))).toEqual([text]);
    }
  });
});

describe("literalPattern", () => {
  it("makes the real tar exclude just that directory's contents", async () => {
    const tree = join(directory, "tree");
    const names = HOSTILE.filter((text) => !text.includes("\x7f"));
    for (const text of names) {
      await mkdir(join(tree, text), { recursive: true });
      await writeFile(join(tree, text, "in"), "");
    }
    for (const text of names) {
      const exclude = `--exclude=${literalPattern(memberOf(`/${text}`))}/*`;
      const archive = execFileSync("tar", ["-c", "-f", "-", "--anchored", exclude, "-C", tree, "."]);
      const listed = execFileSync("tar", ["-t", "-f", "-", "--quoting-style=literal", "--null"], {
        input: archive,
      }).toString();
      const kept = names.filter((other) => listed.includes(`./${other}/in\n`));
      expect(kept).toEqual(names.filter((other) => other !== text));
      expect(listed).toContain(`./${text}/\n`);
    }
  });
});

it("a mark names the host, whatever its name is", () => {
  expect(markOf("web1.example.org")).toBe("./.bmr-backup/complete-web1.example.org");
  expect(markOf("a/../b c")).toBe("./.bmr-backup/complete-a_.._b_c");
});
