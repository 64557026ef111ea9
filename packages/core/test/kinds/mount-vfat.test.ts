import { describe, expect, test } from "vitest";
import { mountKind } from "../../src/kinds/mount/index.js";
import type { PlanPart } from "../../src/plan/part.js";
import { codes, device, layoutOf } from "./mount-layout.js";

// Typed by hand, but for what stands behind the dash: Linux 6.1 (Debian 12) said it of a mount with
// -o rw,uid=33,gid=44,umask=0077,fmask=0137
const devices = [device("sda1", 8, 1), device("sda2", 8, 2, { fs: "vfat" })];
const ROOT = "1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n";
const EFI =
  "2 1 8:2 / /boot/efi rw,relatime - vfat /dev/sda2 rw,uid=33,gid=44,fmask=0137,dmask=0077,codepage=437,iocharset=ascii,shortname=mixed,utf8,errors=remount-ro";
const SEEN = "uid=33,gid=44,fmask=0137,dmask=0077,codepage=437,iocharset=ascii,shortname=mixed,utf8";

function commands(part: PlanPart | undefined, id: string) {
  const step = part?.steps?.find((one) => one.id === id);
  return step?.run.map((action) =>
    action.do === "exec" ? action.argv.filter((arg) => typeof arg === "string") : null,
  );
}

describe("FAT is mounted for the restore so that its files look as they did", () => {
  test("by what the kernel said, and nobody tries to change an owner there", async () => {
    const layout = await layoutOf({
      devices,
      mountinfo: ROOT + EFI,
      fstab: "/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 /boot/efi vfat umask=0077,uid=www-data,nofail 0 1\n",
    });
    const part = mountKind.steps?.(layout);
    expect(commands(part, "mount:/boot/efi")).toEqual([
      ["mkdir", "-p", "-m", "0755"],
      ["mkdir", "-p", "-m", "0755"],
      ["mount", "-t", "vfat", "-o", `rw,umask=0077,${SEEN}`],
    ]);
    expect(part?.findings).toEqual([]);
    expect(commands(part, "mount:/")?.at(-1)).toEqual(["chmod", "0755"]);
  });

  test("without a line in fstab", async () => {
    const layout = await layoutOf({ devices, mountinfo: ROOT + EFI, fstab: "" });
    expect(commands(mountKind.steps?.(layout), "mount:/boot/efi")?.at(-1)).toEqual([
      ..."mount -t vfat -o".split(" "),
      `rw,${SEEN}`,
    ]);
  });

  test("by fstab alone, where it wasn't mounted", async () => {
    const fstab = (options: string) => `/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 /boot/efi vfat ${options} 0 1\n`;
    const plan = async (options: string) =>
      mountKind.steps?.(await layoutOf({ devices, mountinfo: ROOT, fstab: fstab(options) }));
    const usual = await plan("defaults,noatime");
    expect(commands(usual, "mount:/boot/efi")?.at(-1)?.at(-1)).toBe("rw,umask=0022");
    const numbers = await plan("uid=5,gid=6,dmask=027");
    expect(commands(numbers, "mount:/boot/efi")?.at(-1)?.at(-1)).toBe("rw,uid=5,gid=6,dmask=027");
    expect(numbers?.findings).toEqual([]);
    const names = await plan("uid=www-data,gid=6,umask=007");
    expect(commands(names, "mount:/boot/efi")?.at(-1)?.at(-1)).toBe("rw,gid=6,umask=007");
    expect(codes(names?.findings ?? [])).toEqual(["warning mount/owner-by-name"]);
    expect(names?.findings?.[0]?.message).toContain("uid=www-data");
  });

  test("such options mean nothing to other filesystems", async () => {
    const layout = await layoutOf({
      devices,
      mountinfo: ROOT.replace("ext4 /dev/sda1 rw", "ext4 /dev/sda1 rw,uid=5"),
      fstab: "",
    });
    expect(commands(mountKind.steps?.(layout), "mount:/")?.at(1)).toEqual([
      ..."mount -t ext4 -o rw,acl,user_xattr".split(" "),
    ]);
  });
});
