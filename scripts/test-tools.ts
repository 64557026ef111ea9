import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Programs that some tests start and a minimal Debian hasn't, with the package that brings each. CI installs them all. */
export const packages = {
  bash: "bash",
  busybox: "busybox-static",
  dash: "dash",
  gzip: "gzip",
  lvm: "lvm2",
  "mkfs.vfat": "dosfstools",
  patch: "patch",
  script: "bsdutils",
  setcap: "libcap2-bin",
  setfacl: "acl",
  setfattr: "attr",
  sfdisk: "fdisk",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  strace: "strace",
  xz: "xz-utils",
  zstd: "zstd",
} as const;

/** One of those programs. */
export type TestTool = keyof typeof packages;

const directories = (process.env.PATH ?? "").split(":").concat("/usr/local/sbin", "/usr/sbin", "/sbin");

/** `PATH` with the directories of the system's own tools, which an ordinary user's hasn't. */
export const testPath: string = [...new Set(directories)].join(":");

const isCi = !["", "false", undefined].includes(process.env.CI);

function isInstalled(tool: TestTool): boolean {
  return [...new Set(directories)].some((directory) => {
    try {
      accessSync(join(directory, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Whether tests that start these programs are to be skipped, one of them being absent. Never on a CI system: there
 * everything is installed, and what is missing must be seen to fail.
 */
export function lacks(...tools: readonly TestTool[]): boolean {
  return !isCi && !tools.every(isInstalled);
}

/** vitest's global set-up: says at the end, on one line, what to install so that no test is skipped for want of it. */
export default function sayWhatIsMissing(): () => void {
  return () => {
    const missing = (Object.keys(packages) as TestTool[]).filter((tool) => lacks(tool));
    if (missing.length === 0) return;
    const names = missing.map((tool) => packages[tool]).join(" ");
    process.stdout.write(`\nSome tests were skipped; they need these Debian packages: ${names}\n`);
  };
}
