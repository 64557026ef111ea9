import { describe, expect, test } from "vitest";
import { isReadOnly, optionValue } from "../../src/kinds/mount/options.js";
import { isMountedByItself, isSwapLine, parseFstab } from "../../src/kinds/mount/parse-fstab.js";
import { parseStat } from "../../src/kinds/mount/parse-stat.js";
import { placeMounts } from "../../src/kinds/mount/tree.js";
import { splitOptions } from "../../src/layout/mount-options.js";
import { type Mounted, parseMountinfo, parseMounts } from "../../src/layout/mountinfo.js";
import { decodeOctal } from "../../src/layout/octal.js";

function mounts(text: string): readonly Mounted[] {
  const parsed = parseMountinfo(text, "mountinfo");
  if (parsed.is === "unknown") throw new Error(parsed.failure.message);
  return parsed.facts;
}

describe("octal escapes", () => {
  test.each([
    ["/srv/odd\\040mount", "/srv/odd mount"],
    ["a\\011b\\012c\\134d\\043e", "a\tb\nc\\d#e"],
    ["/gr\\303\\274n", "/grün"],
    ["/latin\\351", "/latin\udce9"],
    ["back\\slash \\04 \\400", "back\\slash \\04 \\400"],
    ["\\134040", "\\040"],
  ])("%j", (field, meant) => {
    expect(decodeOctal(field)).toBe(meant);
  });
});

describe("options", () => {
  test("a comma inside quotes doesn't separate", () => {
    expect(splitOptions('rw,context="system_u:object_r:tmp_t:s0:c1,c2",acl')).toEqual([
      "rw",
      'context="system_u:object_r:tmp_t:s0:c1,c2"',
      "acl",
    ]);
  });

  test("a lone quote is a character like another", () => {
    expect(splitOptions('a"b,c')).toEqual(['a"b', "c"]);
  });

  test("the last word counts", () => {
    expect(isReadOnly(["ro", "rw"])).toBe(false);
    expect(isReadOnly(["rw", "ro"])).toBe(true);
    expect(isReadOnly(["errors=remount-ro"])).toBe(false);
    expect(optionValue(["subvol=/a", "subvol=/@/b"], "subvol")).toBe("/@/b");
  });
});

describe("mountinfo", () => {
  test("optional fields, escapes, a bind mount", () => {
    expect(
      mounts("36 35 98:0 /mnt\\0401 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n"),
    ).toEqual([
      {
        id: 36,
        parent: 35,
        device: "98:0",
        root: "/mnt 1",
        at: "/mnt2",
        options: ["rw", "noatime"],
        type: "ext3",
        source: "/dev/root",
        superOptions: ["rw", "errors=continue"],
      },
    ]);
  });

  test("an empty source, and options with blanks as some filesystems wrote them", () => {
    const [empty, blanks] = mounts(
      "40 1 0:30 / /a rw - tmpfs  rw,size=4k\n41 1 0:31 / /b rw - cifs //srv/x rw,username=Jo Do,vers=2.1\n",
    );
    expect(empty).toMatchObject({ source: "", type: "tmpfs", superOptions: ["rw", "size=4k"] });
    expect(blanks).toMatchObject({ source: "//srv/x", superOptions: ["rw", "username=Jo Do", "vers=2.1"] });
  });

  test.each([
    ["no dash", "36 35 98:0 / /mnt2 rw,noatime ext3 /dev/root rw"],
    ["no numbers", "x 35 98:0 / /mnt2 rw - ext3 /dev/root rw"],
    ["cut off", "36 35 98:0 / /mnt2 rw - ext3"],
    ["a dash for the mount point", "36 35 98:0 / - rw - ext3 /dev/root rw"],
  ])("refuses a line with %s", (_what, line) => {
    expect(parseMountinfo(`${line}\n`, "mountinfo")).toMatchObject({
      is: "unknown",
      failure: { reason: "unexpected-output", line },
    });
  });
});

describe("/proc/mounts", () => {
  test("says less", () => {
    expect(parseMounts("/dev/sda1 /srv/odd\\040mount ext4 ro,noatime 0 0\n", "mounts")).toEqual({
      is: "known",
      facts: [
        expect.objectContaining({
          id: null,
          root: null,
          at: "/srv/odd mount",
          source: "/dev/sda1",
          options: ["ro", "noatime"],
        }),
      ],
    });
  });

  test("refuses a line of five fields", () => {
    expect(parseMounts("/dev/sda1 / ext4 rw 0\n", "mounts").is).toBe("unknown");
  });
});

describe("fstab", () => {
  const text = [
    "# comment",
    "  \t# another",
    "UUID=1234 / ext4 errors=remount-ro 0 1\r",
    'LABEL="odd\\040label"\t/srv//odd\\040mount/\text4\tnoatime\t0\t2',
    "/swap.img none swap sw 0 0 # comment",
    "srv:/export /nfs nfs",
    "/dev/foo /foo",
    "/dev/bar /bar ext4 defaults 1 x",
    "/dev/baz /baz ext4 defaults 0 2 rest is not looked at",
  ].join("\n");
  const { lines, odd } = parseFstab(text, "/etc/fstab");

  test("fields, escapes, paths", () => {
    expect(lines.map(({ line, spec, at }) => [line, spec, at])).toEqual([
      [3, "UUID=1234", "/"],
      [4, 'LABEL="odd label"', "/srv/odd mount"],
      [5, "/swap.img", "none"],
      [6, "srv:/export", "/nfs"],
      [9, "/dev/baz", "/baz"],
    ]);
    expect(lines[0]).toMatchObject({ options: ["errors=remount-ro"], dump: 0, pass: 1 });
    expect(lines[3]).toMatchObject({ options: ["defaults"], dump: 0, pass: 0 });
    expect(isSwapLine(lines[2] as (typeof lines)[number])).toBe(true);
    expect(isSwapLine(lines[1] as (typeof lines)[number])).toBe(false);
  });

  test("lines that mount leaves out too are told", () => {
    expect(odd.map(({ source, line }) => [source, line])).toEqual([
      ["/etc/fstab, line 7", "/dev/foo /foo"],
      ["/etc/fstab, line 8", "/dev/bar /bar ext4 defaults 1 x"],
    ]);
  });

  test("noauto, unless systemd mounts it on the first access", () => {
    expect(isMountedByItself(["defaults"])).toBe(true);
    expect(isMountedByItself(["noauto"])).toBe(false);
    expect(isMountedByItself(["noauto", "x-systemd.automount"])).toBe(true);
    expect(isMountedByItself(["noauto", "comment=systemd.automount"])).toBe(true);
  });
});

describe("stat", () => {
  test("names with blanks and newlines; what is no directory", () => {
    const parsed = parseStat("41ed 0 0 /a b\n2\0" + "45e8 1234 5678 /setgid\0" + "81a4 0 0 /file\0", "stat");
    expect(parsed.is === "known" && [...parsed.facts]).toEqual([
      ["/a b\n2", { mode: 0o755, uid: 0, gid: 0 }],
      ["/setgid", { mode: 0o2750, uid: 1234, gid: 5678 }],
      ["/file", null],
    ]);
  });

  test("refuses another form", () => {
    expect(parseStat("drwxr-xr-x root root /a\0", "stat").is).toBe("unknown");
  });
});

describe("which mounts can be seen", () => {
  const seen = (text: string) =>
    placeMounts(mounts(text)).map(({ mounted, hidden, parent }) => [mounted.id, hidden, parent?.mounted.id ?? null]);

  test("the root may come after what an initramfs mounted", () => {
    expect(
      seen(
        [
          "22 27 0:21 / /proc rw - proc proc rw",
          "27 1 254:0 / / rw - ext4 /dev/vda rw",
          "30 27 8:1 / /srv rw - ext4 /dev/sda1 rw",
        ].join("\n"),
      ),
    ).toEqual([
      [22, false, 27],
      [27, false, null],
      [30, false, 27],
    ]);
  });

  test("a mount over another, and what was mounted below before", () => {
    expect(
      seen(
        [
          "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
          "2 1 8:2 / /srv rw - ext4 /dev/sda2 rw",
          "3 2 8:3 / /srv/data rw - ext4 /dev/sda3 rw",
          "4 2 8:4 / /srv rw - ext4 /dev/sda4 rw",
          "5 4 8:5 / /srv/data rw - ext4 /dev/sda5 rw",
        ].join("\n"),
      ),
    ).toEqual([
      [1, false, null],
      [2, true, 1],
      [3, true, 2],
      [4, false, 2],
      [5, false, 4],
    ]);
  });

  test("a mount on a directory above another mount covers it", () => {
    expect(
      seen(
        [
          "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
          "2 1 8:2 / /a/b/c rw - ext4 /dev/sda2 rw",
          "3 1 8:3 / /a rw - ext4 /dev/sda3 rw",
        ].join("\n"),
      ),
    ).toEqual([
      [1, false, null],
      [2, true, 1],
      [3, false, 1],
    ]);
  });
});
