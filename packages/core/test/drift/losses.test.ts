import { beforeAll, describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.js";
import type { Layout } from "../../src/layout/layout.js";
import { lossesAgainst } from "../../src/layout/losses.js";
import { all, becomes, bytes, type Edit, everywhere, file, says } from "./edit-evidence.js";
import { DRIFTED, NOISE, PLANTED } from "./planted.js";
import { rebooted } from "./rename-devices.js";
import { layoutOf, recording } from "./server.js";

let last: Layout;
beforeAll(async () => {
  last = await layoutOf(recording("server"));
});

/** What a scan has lost after an edit: `what subject`, and all messages. */
async function lost(edit: Edit, before: Layout | null = last): Promise<{ losses: string[]; messages: string }> {
  const losses = lossesAgainst(before, await layoutOf(edit(recording("server"))), kinds);
  return {
    losses: losses.map(({ what, subject }) => `${what} ${subject}`),
    messages: losses.map(({ message }) => message).join("\n"),
  };
}

const same: Edit = (evidence) => evidence;
const withoutLine = (path: string, pattern: RegExp): Edit => file(path, (text) => text.replace(pattern, ""));

describe("a scan has lost", () => {
  it("nothing, where nothing is, nor after reboots and with paths less", async () => {
    expect(await lost(same)).toMatchObject({ losses: [] });
    for (const evidence of [recording("rebooted"), recording("one-path-less"), rebooted(recording("server"), 9)]) {
      expect(lossesAgainst(last, await layoutOf(evidence), kinds)).toEqual([]);
    }
  });

  it("a LUN whose paths are all gone, though what is on it is still read", async () => {
    const found = lossesAgainst(last, await layoutOf(recording("lun-pulled")), kinds);
    expect(found).toMatchObject([{ what: "damage", subject: "lun:35000c500a0000003" }]);
  });

  it("a partition, and with it its filesystem and mount, told once", async () => {
    const found = await lost(says("sector-size: 512", /^\/dev\/mapper\/mpathc-part2 .*\n/m, ""));
    expect(found.losses).toEqual(["partition part:lun:35000c500a0000003/2"]);
    expect(found.messages).toContain("is gone");
  });

  it("a volume group that LVM doesn't show any more, with its volumes", async () => {
    const nothing = (list: string): Edit => says(`"${list}"`, /\{\s*"report": \[[\s\S]*\}/, '{"report":[{}]}');
    const found = await lost(all(nothing("lv_name"), nothing("vg_extent_size"), nothing("pv_name")));
    expect(found.losses).toContain("group vg:sysvg");
    expect(found.messages).toContain("and with it 4 more that stand on it");
  });

  it("what a tool that failed would have told", async () => {
    const failing: Edit = (evidence) => ({
      ...evidence,
      commands: evidence.commands.map((record) =>
        record.argv[0] === "dumpe2fs" && record.stdout.includes("srv-data")
          ? { ...record, outcome: { is: "exited", code: 1 }, stdout: "", stderr: "dumpe2fs: Input/output error" }
          : record,
      ),
    });
    const found = await lost(failing);
    expect(found.losses).toEqual(["filesystem lv:sysvg/data", "damage lv:sysvg/data"]);
    expect(found.messages).toContain("Input/output error");
  });

  it("everything of LVM, where LVM's tools are missing", async () => {
    const missing: Edit = (evidence) => ({
      ...evidence,
      commands: evidence.commands.map((record) =>
        ["pvs", "vgs", "lvs"].includes(record.argv[0])
          ? { ...record, outcome: { is: "missing" }, stdout: "", stderr: "" }
          : record,
      ),
    });
    const { losses } = await lost(missing);
    expect(losses).toContain("group vg:sysvg");
  });

  it("a filesystem that was made anew, but not one that was moved or renamed", async () => {
    const anew = everywhere("113c3acd-f377-430e-b1e7-cbe0cfe1bdb4", "00000000-f377-430e-b1e7-cbe0cfe1bdb4");
    const found = await lost(anew);
    expect(found.losses).toEqual(["filesystem part:lun:35000c500a0000003/2"]);
    expect(found.messages).toContain('ext4 filesystem "more" (113c3acd-f377-430e-b1e7-cbe0cfe1bdb4)');
    const relabelled = says(
      "Filesystem volume name:   more\n",
      "Filesystem volume name:   more",
      "Filesystem volume name:   less",
    );
    expect((await lost(relabelled)).losses).toEqual([]);
  });

  it("a swap area that is none any more, but not one that was made anew", async () => {
    expect((await lost(bytes("swap-lv", 1036, [1, 2, 3, 4]))).losses).toEqual([]);
  });

  it("a mount, unless fstab has it come and go", async () => {
    const unmounted = withoutLine("/proc/self/mountinfo", /^.* \/more .*\n/m);
    const found = await lost(unmounted);
    expect(found.losses).toEqual(["mount mount:/more"]);
    expect(found.messages).toContain("its files would be missing in a backup");
    for (const option of ["noauto", "x-systemd.automount"]) {
      const comesAndGoes = file("/etc/fstab", (text) => text.replace("/more ext4 defaults", `/more ext4 ${option}`));
      const before = await layoutOf(comesAndGoes(recording("server")));
      expect((await lost(all(comesAndGoes, unmounted), before)).losses).toEqual([]);
    }
  });

  it("the boot loader", async () => {
    const { losses } = await lost(says("GRUB \0Geom", "GRUB \0Geom", "BURG \0Geom"));
    expect(losses).toEqual(["configuration boot"]);
  });

  it("the whole root", async () => {
    const emptied = all(
      (evidence) => ({
        ...evidence,
        files: [...evidence.files, { path: "/etc", names: [] }, { path: "/usr", names: [] }],
      }),
      becomes("/boot", { names: ["lost+found"] }),
    );
    const { losses } = await lost(emptied, null);
    expect(losses).toEqual(["damage mount/empty-root"]);
  });
});

describe("damage holds a scan back", () => {
  const more = (from: RegExp, to: string) => says("Filesystem volume name:   more\n", from, to);
  it.each<[string, Edit]>([
    ["an ext marked as having errors", more(/^(Filesystem state: +)clean$/m, "$1clean with errors")],
    ["errors that the kernel counted", more(/^(Filesystem created:)/m, "FS Error count:           3\n$1")],
    [
      "a filesystem that the kernel made read-only",
      file("/proc/self/mountinfo", (t) => t.replace(/( \/more rw.*) rw$/m, "$1 ro")),
    ],
    [
      "a filesystem that ext4 stopped since 6.15",
      file("/proc/self/mountinfo", (t) => t.replace(/( \/more rw.*) rw$/m, "$1 rw,emergency_ro")),
    ],
  ])("%s, on a first scan too, until it was accepted", async (_, edit) => {
    const subject = "damage part:lun:35000c500a0000003/2";
    expect((await lost(edit, null)).losses).toEqual([subject]);
    expect((await lost(edit)).losses).toEqual([subject]);
    // what was accepted is in the last set
    const accepted = await layoutOf(edit(recording("server")));
    expect((await lost(edit, accepted)).losses).toEqual([]);
  });

  it("but not a filesystem that a person mounted read-only", async () => {
    const remounted = file("/proc/self/mountinfo", (text) => text.replace(/ \/more rw(.*) rw$/m, " /more ro$1 ro"));
    expect((await lost(remounted)).losses).toEqual([]);
  });
});

it("a changed setting is drift, and no loss", async () => {
  const isLoss =
    /^(ext: UUID|FAT: volume id|disk: read-only|partition: missing|mount: not mounted|boot: |LV: read-only|VG: UUID|ext: with errors|mount: stopped)/;
  for (const { what, edit } of [...PLANTED, ...DRIFTED, ...NOISE]) {
    if (isLoss.test(what)) continue;
    expect({ what, ...(await lost(edit)) }).toMatchObject({ what, losses: [] });
  }
});
