import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { quotePosix } from "../../src/render/quote.js";

/** The shells that rescue systems and remote hosts have. */
const SHELLS = [
  { name: "dash", argv: ["dash"] },
  { name: "bash --posix", argv: ["bash", "--posix"] },
  { name: "bash", argv: ["bash"] },
  { name: "busybox ash", argv: ["busybox", "ash"] },
] as const;

const RUNS = process.env.BMR_TEST_LONG ? 500 : 40;

/** What a shell makes of these words: printf's own NUL after each argument keeps them apart. */
function throughShell(argv: readonly string[], words: readonly string[]): string[] {
  const [program, ...rest] = argv as [string, ...string[]];
  const script = `printf '%s\\0' ${words.map(quotePosix).join(" ")}`;
  const out = execFileSync(program, [...rest, "-c", script], { encoding: "utf8", maxBuffer: 1 << 26 });
  return out.split("\0").slice(0, -1);
}

const HOSTILE = [
  "",
  " ",
  "'",
  "''",
  "'\\''",
  '"',
  "\\",
  "\\\\'",
  "a\nb",
  "\n",
  "\r\n",
  "\t",
  "$(reboot)",
  "`reboot`",
  "$" + "{IFS}",
  "$'\\x41'",
  "; rm -rf /",
  "&& true",
  "| cat",
  "> /dev/sda",
  "~",
  "~root",
  "*",
  "[a-z]?",
  "{a,b}",
  "#no comment",
  "!history",
  "!!",
  "-n",
  "--help",
  "%s%n",
  "a=b",
  "\u0001\u001b[2J\u007f",
  "grün ☃ 𝄞",
  "\u00a0\u2028",
  "(x)",
  "<<EOF",
  "a\\\nb",
  "x".repeat(100_000),
];

/** Text of any characters that argv can hold, with the shells' special ones often. */
const word = fc
  .array(
    fc.oneof(fc.constantFrom(..." '\"\\$`!*?[]{}()<>|&;#~=%^\n\r\t-"), fc.string({ unit: "grapheme", maxLength: 3 })),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join("").replaceAll("\0", ""));

describe("quotePosix", () => {
  it("leaves plain words as they are, and quotes an empty one", () => {
    for (const plain of ["/dev/mapper/vg0-root", "a=b", "user@host:22", "100%", "x_y-z.tar,gz", "^a"]) {
      expect(quotePosix(plain)).toBe(plain);
    }
    expect(quotePosix("")).toBe("''");
    expect(quotePosix("it's")).toBe("'it'\\''s'");
  });

  it.for(SHELLS)("hostile words come through $name unchanged", ({ argv }, { skip }) => {
    skip(lacks(argv[0]), `needs ${argv[0]}`);
    expect(throughShell(argv, HOSTILE)).toEqual(HOSTILE);
  });

  it.for(SHELLS)("any words come through $name unchanged", ({ argv }, { skip }) => {
    skip(lacks(argv[0]), `needs ${argv[0]}`);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        expect(throughShell(argv, words)).toEqual(words);
      }),
      { numRuns: RUNS },
    );
  });

  it("comes through two shells when quoted twice, as with ssh", () => {
    const inner = `printf '%s\\0' ${HOSTILE.slice(0, -1).map(quotePosix).join(" ")}`;
    expect(throughShell(["dash"], [inner])).toEqual([inner]);
    const out = execFileSync("dash", ["-c", `dash -c ${quotePosix(inner)}`], { encoding: "utf8" });
    expect(out.split("\0").slice(0, -1)).toEqual(HOSTILE.slice(0, -1));
  });
});
