import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { command } from "./command.js";
import { LabError } from "./error.js";
import { guestDir } from "./paths.js";

/** What it takes to mount the root image; udev loads the rest from there. */
const rootModules = ["virtio_pci", "virtio_blk", "ext4"];

/** Copies the modules of {@link rootModules} with those they need, and `modules.list`, the order in which to load them. */
export function copyModules(root: string, kernel: string, dir: string): void {
  mkdirSync(dir);
  const files = new Set<string>();
  for (const module of rootModules) {
    const answer = spawnSync("modprobe", ["-d", root, "-S", kernel, "-D", module], { encoding: "utf8" });
    if (answer.status !== 0) throw new LabError(`modprobe -D ${module}: ${answer.stderr}`);
    for (const line of answer.stdout.trim().split("\n")) {
      const [verb, file] = line.trim().split(/\s+/);
      if (verb === "insmod" && file !== undefined) files.add(file);
    }
  }
  const names = [...files].map((file) => copyModule(file, dir));
  writeFileSync(join(dir, "modules.list"), names.map((name) => `${name}\n`).join(""));
}

/** Copies a module, unpacked: Debian 13 compresses them, and not every busybox can load them so. Gives its name. */
function copyModule(file: string, dir: string): string {
  const name = basename(file, ".xz");
  if (name === basename(file)) copyFileSync(file, join(dir, name));
  else {
    const { status, stdout, stderr } = spawnSync("xz", ["-dc", file], { maxBuffer: 2 ** 28 });
    if (status !== 0) throw new LabError(`xz -dc ${file}: ${stderr}`);
    writeFileSync(join(dir, name), stdout);
  }
  return name;
}

/** Packs `dir/initrd.gz`: busybox, the modules and the two scripts that bring the rescue system up. */
export async function packInitrd(modules: string, busybox: string, dir: string): Promise<void> {
  const tree = join(dir, "tree");
  for (const name of ["bin", "dev", "proc", "sys", "mnt", "lib"]) mkdirSync(join(tree, name), { recursive: true });
  cpSync(modules, join(tree, "lib/modules"), { recursive: true });
  copyFileSync(join(modules, "modules.list"), join(tree, "modules.list"));
  copyFileSync(busybox, join(tree, "bin/busybox"));
  copyFileSync(join(guestDir, "boot/mini-init"), join(tree, "init"));
  copyFileSync(join(guestDir, "boot/rescue-init"), join(tree, "rescue-init"));
  for (const name of ["bin/busybox", "init", "rescue-init"]) chmodSync(join(tree, name), 0o755);
  await command(["sh", "-c", "find . | cpio -o -H newc --quiet | gzip -1 >../initrd.gz"], join(dir, "build.txt"), tree);
  rmSync(tree, { recursive: true });
}
