import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { artifact } from "./cache.js";
import { command } from "./command.js";
import { LabError } from "./error.js";
import { copyModules, packInitrd } from "./initrd.js";
import { luns } from "./luns.js";
import { guestDir } from "./paths.js";
import { extractVmlinux } from "./vmlinux.js";

/** Debian releases that can be started as a rescue system: older, the same, and newer than that of the lab's server. */
export type Release = "bullseye" | "bookworm" | "trixie";

/** The release of the lab's server, and of the rescue system where a scenario doesn't want another. */
const usual: Release = "bookworm";

/** What is installed in the VMs: the rescue system and the server are the same tree. */
const packages = [
  ...["systemd-sysv", "udev", "kmod", "linux-image-amd64", "initramfs-tools", "busybox-static", "zstd"],
  ...["lvm2", "multipath-tools", "multipath-tools-boot", "kpartx", "dmsetup", "fdisk", "e2fsprogs", "util-linux"],
  ...["grub-pc-bin", "grub2-common", "login", "iproute2", "procps"],
  ...["tar", "attr", "acl", "libcap2-bin"],
];

/** Files that never reach the tree: 400 MiB of kernel modules would make each initramfs and each backup as large. */
const kernelModules = [
  ...["fs/9p/*", "fs/netfs/*", "fs/fscache/*", "net/9p/*"],
  ...["fs/ext4/*", "fs/jbd2/*", "fs/mbcache*", "fs/xfs/*", "fs/btrfs/*", "fs/fat/*", "fs/nls/*", "fs/overlayfs/*"],
  ...["drivers/virtio/*", "drivers/block/virtio_blk*", "drivers/block/loop*", "drivers/char/hw_random/*"],
  ...["sd_mod", "scsi_mod", "scsi_common", "sg", "virtio_scsi", "scsi_debug", "device_handler/scsi_dh_alua"].map(
    (module) => `drivers/scsi/${module}*`,
  ),
  ...["dm-*", "md-mod*", "raid1.ko*", "persistent-data/*"].map((module) => `drivers/md/${module}`),
];

/** dpkg's rules for unpacking: of several that fit a path, the last one decides. */
const pathRules: readonly `${"exclude" | "include"}=${string}`[] = [
  ...["man", "doc", "locale", "info", "i18n"].map((dir) => `exclude=/usr/share/${dir}/*` as const),
  ...["drivers", "sound", "net", "fs"].map((dir) => `exclude=/lib/modules/*/kernel/${dir}/*` as const),
  ...kernelModules.map((path) => `include=/lib/modules/*/kernel/${path}` as const),
  // needs raid456, and with it a dozen modules of parity arithmetic
  "exclude=/lib/modules/*/kernel/drivers/md/dm-raid.ko*",
];

const bootScripts = ["mini-init", "rescue-init"].map((name) => ({ path: join(guestDir, "boot", name) }));
const treeFiles = ["lab-agent", "lab-agent.service", "multipath.conf"].map((name) => join(guestDir, "boot", name));

/** The lab's operating system, ready to boot. */
export interface LabImage {
  readonly key: string;
  /** Uncompressed kernel: QEMU starts it by PVH, without the boot loader and unpacking that cost 4 s under TCG. */
  readonly vmlinux: string;
  readonly initrd: string;
  /** ext4 image of the tree, to be attached with snapshot=on. */
  readonly root: string;
}

/** Builds the lab's operating system, or takes it from the cache. */
export async function labImage(release: Release = usual): Promise<LabImage> {
  const tree = await artifact(
    "tree",
    [
      ...[release, ...packages, ...pathRules, process.version],
      ...treeFiles.map((path) => ({ path })),
      ...["image.ts", "vmlinux.ts", "luns.ts"].map((name) => ({ path: join(import.meta.dirname, name) })),
    ],
    (dir) => buildTree(release, dir),
  );
  const initrd = await artifact(
    "initrd",
    [tree.key, ...bootScripts, { path: join(import.meta.dirname, "initrd.ts") }],
    (dir) => packInitrd(join(tree.dir, "modules"), join(tree.dir, "busybox"), dir),
  );
  return {
    key: `${tree.key}-${initrd.key}`,
    vmlinux: join(tree.dir, "vmlinux"),
    initrd: join(initrd.dir, "initrd.gz"),
    root: join(tree.dir, "root.ext4"),
  };
}

async function buildTree(release: Release, dir: string): Promise<void> {
  const root = join(dir, "root");
  const log = join(dir, "build.txt");
  await command(
    [
      // dpkg's hooks would make an initramfs or two that nobody uses
      "env",
      "INITRD=No",
      ...["mmdebstrap", "--mode=root", "--variant=essential", "--dpkgopt=force-unsafe-io"],
      ...pathRules.map((rule) => `--dpkgopt=path-${rule}`),
      `--include=${packages.join(",")}`,
      ...[release, root],
    ],
    log,
  );
  configureTree(root);
  const kernel = readdirSync(join(root, "lib/modules"))[0];
  if (kernel === undefined) throw new LabError("the tree has no kernel", log);
  // The installed server's initramfs, made here at native speed: under TCG it takes minutes
  if (release === usual) await command(["chroot", root, "update-initramfs", "-c", "-k", kernel], log);
  extractVmlinux(join(root, "boot", `vmlinuz-${kernel}`), join(dir, "vmlinux"));
  copyFileSync(join(root, "bin/busybox"), join(dir, "busybox"));
  copyModules(root, kernel, join(dir, "modules"));
  await command(
    ["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-L", "labroot", "-d", root, join(dir, "root.ext4"), "1536M"],
    log,
  );
  rmSync(root, { recursive: true });
}

function configureTree(root: string): void {
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  chmodSync(join(root, "usr/local/bin/node"), 0o755);
  const units = join(root, "etc/systemd/system");
  copyFileSync(join(guestDir, "boot/lab-agent"), join(root, "usr/local/sbin/lab-agent"));
  chmodSync(join(root, "usr/local/sbin/lab-agent"), 0o755);
  copyFileSync(join(guestDir, "boot/lab-agent.service"), join(units, "lab-agent.service"));
  mkdirSync(join(units, "multi-user.target.wants"), { recursive: true });
  symlinkSync("/etc/systemd/system/lab-agent.service", join(units, "multi-user.target.wants/lab-agent.service"));
  for (const timer of ["e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "dpkg-db-backup.timer"]) {
    rmSync(join(units, timer), { force: true });
    symlinkSync("/dev/null", join(units, timer));
  }
  mkdirSync(join(root, "lab"), { recursive: true });
  writeFileSync(join(root, "etc/hostname"), "labserver\n");
  writeFileSync(join(root, "etc/initramfs-tools/conf.d/resume"), "RESUME=none\n");
  // an administrator's choice, too: the default level costs a minute under TCG
  writeFileSync(join(root, "etc/initramfs-tools/conf.d/compress"), "COMPRESS=zstd\nCOMPRESSLEVEL=1\n");
  const shadow = join(root, "etc/shadow");
  writeFileSync(shadow, readFileSync(shadow, "utf8").replace(/^root:[^:]*:/m, "root::"));
  configureMultipath(root);
}

/** The initramfs takes these files in: without the WWIDs it starts the root VG on a bare path, before the map exists. */
function configureMultipath(root: string): void {
  copyFileSync(join(guestDir, "boot/multipath.conf"), join(root, "etc/multipath.conf"));
  mkdirSync(join(root, "etc/multipath"), { recursive: true, mode: 0o700 });
  const known = Object.values(luns);
  writeFileSync(join(root, "etc/multipath/wwids"), known.map((lun) => `/${lun.wwid}/\n`).join(""), { mode: 0o600 });
  const bindings = known.map((lun) => `${lun.alias} ${lun.wwid}\n`).join("");
  writeFileSync(join(root, "etc/multipath/bindings"), bindings, { mode: 0o600 });
}
