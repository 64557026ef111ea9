import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { localHost } from "../../src/host/local.js";
import { askBlkid, parseBlkid } from "../../src/layout/blkid.js";
import { evidenceFixture, type FixtureCommand, replayHost } from "../../src/testkit/index.js";

const directory = mkdtempSync(join(tmpdir(), "bmr-blkid-"));
const image = (name: string): string => join(directory, name);

/** Image files with what real tools make, since blkid reads files as it reads disks. */
beforeAll(() => {
  const make = (name: string, ...argv: string[]) => {
    writeFileSync(image(name), "");
    truncateSync(image(name), 16 * 1024 * 1024);
    if (argv.length > 0) execFileSync(argv[0] as string, [...argv.slice(1), image(name)], { stdio: "pipe" });
  };
  make("plain", "mke2fs", "-q", "-F", "-t", "ext4", "-L", "plain", "-U", "11111111-2222-3333-4444-555555555555");
  make("odd", "mke2fs", "-q", "-F", "-t", "ext2", "-L", 'a b"é\\', "-U", "11111111-2222-3333-4444-555555555556");
  make("swap", "mkswap", "-q", "-L", "swap", "-U", "11111111-2222-3333-4444-555555555557");
  make("empty");
  make("both", "mke2fs", "-q", "-F", "-t", "ext2");
  // squashfs' magic and major version, which leave room for ext2's superblock
  const magic = Buffer.concat([Buffer.from("hsqs"), Buffer.alloc(24), Buffer.from([4, 0, 0, 0])]);
  const both = openSync(image("both"), "r+");
  writeSync(both, magic, 0, magic.length, 0);
  closeSync(both);
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("blkid", () => {
  test("tells type, label and UUID", async () => {
    const answers = await askBlkid(localHost(), [image("plain"), image("swap")]);
    expect(answers.get(image("plain"))).toMatchObject({
      signature: { type: "ext4", label: "plain", uuid: "11111111-2222-3333-4444-555555555555" },
    });
    expect(answers.get(image("swap"))).toMatchObject({ signature: { type: "swap", label: "swap" } });
  });

  test("tells a label that its plain form can't write without loss", async () => {
    const answers = await askBlkid(localHost(), [image("odd")]);
    expect(answers.get(image("odd"))).toMatchObject({ signature: { type: "ext2", label: 'a b"é\\' } });
  });

  test.skipIf(lacks("sfdisk"))("tells a table", async () => {
    writeFileSync(image("table"), Buffer.alloc(16 * 1024 * 1024));
    execFileSync("sfdisk", ["-q", image("table")], { input: "label: gpt\nsize=1MiB\n", stdio: "pipe" });
    const answers = await askBlkid(localHost(), [image("table")]);
    expect(answers.get(image("table"))).toMatchObject({ signature: { type: null, tableType: "gpt" } });
  });

  test("says that two signatures exclude each other", async () => {
    const answers = await askBlkid(localHost(), [image("both")]);
    expect(answers.get(image("both"))).toMatchObject({ finding: { code: "inventory/ambiguous-signature" } });
  });

  test("tells empty and absent apart", async () => {
    const answers = await askBlkid(localHost(), [image("empty"), image("nowhere")]);
    expect(answers.get(image("empty"))).toEqual({ signature: null });
    expect(answers.get(image("nowhere"))).toMatchObject({ finding: { code: "inventory/unreadable" } });
  });
});

describe("a blkid that keeps silent about two signatures", () => {
  // as util-linux 2.41.5 (Debian 13) answers, of an image with an ext2 and a squashfs
  const silent = { exit: 2, stdout: "" };
  const answer = async (wipefs: object) => {
    const commands: readonly FixtureCommand[] = [
      { argv: ["blkid", "-c", "/dev/null", "/dev/sda"], ...silent },
      { argv: ["blkid", "-p", "-o", "udev", "/dev/sda"], ...silent },
      { argv: ["wipefs", "--parsable", "/dev/sda"], stdout: "", ...wipefs },
    ];
    const host = replayHost(evidenceFixture({ commands, files: { "/dev/sda": "x" } }));
    return (await askBlkid(host, ["/dev/sda"])).get("/dev/sda");
  };

  test("isn't believed: wipefs lists them", async () => {
    const both = "0x438,ccd8e272-fd6a-4b5d-902b-582536896568,,ext2\n0x0,,,squashfs\n";
    expect(await answer({ stdout: both })).toMatchObject({ finding: { code: "inventory/ambiguous-signature" } });
    expect(await answer({ stdout: "# offset,uuid,label,type\n" })).toEqual({ signature: null });
  });

  test("is right about the rest of a table", async () => {
    expect(await answer({ stdout: "0xffe00,,,gpt\n0x1fe,,,PMBR\n" })).toEqual({ signature: null });
  });

  test("isn't believed where wipefs fails", async () => {
    const said = { exit: 1, stderr: "wipefs: error: /dev/sda: probing initialization failed: Input/output error\n" };
    expect(await answer(said)).toMatchObject({ finding: { code: "inventory/unreadable" } });
  });
});

test("a line of plain blkid is read tag by tag", () => {
  const text = '/dev/sda1: LABEL="a\\"b" UUID="1" SEC_TYPE="ext2" TYPE="ext3"\n/dev/sdb: PTUUID="b2" PTTYPE="gpt"\n';
  const lines = parseBlkid(text);
  expect(lines.get("/dev/sda1")?.signature).toMatchObject({ label: 'a"b', uuid: "1", type: "ext3" });
  expect(lines.get("/dev/sdb")?.signature).toMatchObject({ type: null, tableType: "gpt", tableUuid: "b2" });
});
