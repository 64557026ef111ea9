import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.js";
import { cacheDir } from "./paths.js";
import { progress } from "./progress.js";

/** Debian packages that the lab needs on the host, and why. */
export const hostPackages: Readonly<Record<string, string>> = {
  "qemu-system-x86": "runs the virtual machines",
  "qemu-utils": "makes their disks",
  mmdebstrap: "builds the Debian system inside them",
  "xz-utils": "unpacks its kernel",
  zstd: "unpacks the kernel of newer releases",
  kmod: "finds the kernel modules that its initramfs needs",
  cpio: "packs that initramfs",
  e2fsprogs: "makes its root image",
  dosfstools: "makes the FAT filesystem of the scenario drift",
  attr: "reads extended attributes in the lab's check of itself",
  acl: "sets ACLs in the lab's check of itself",
  "libcap2-bin": "sets file capabilities in the lab's check of itself",
};

/** Those of {@link hostPackages} that aren't installed. */
export function missingPackages(): readonly string[] {
  return Object.keys(hostPackages).filter((name) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
    const answer = spawnSync("dpkg-query", ["-W", "-f", "${db:Status-Status}", name], { encoding: "utf8" });
    return answer.status !== 0 || answer.stdout !== "installed";
  });
}

/** Installs what is missing. Must run as root. */
export async function installPackages(): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  progress(`installing from Debian: ${missing.join(" ")}`);
  mkdirSync(cacheDir, { recursive: true });
  const log = join(cacheDir, "apt.txt");
  await command(["apt-get", "update"], log);
  await command(["apt-get", "install", "-y", "--no-install-recommends", ...missing], log);
}
