import { join } from "node:path";
import { type Artifact, artifact } from "./cache.js";
import { command } from "./command.js";
import type { LabImage } from "./image.js";
import { type LunIdentity, lunFile, luns } from "./luns.js";
import { guestDir } from "./paths.js";
import { type AttachedLun, runVm } from "./vm.js";

/** Makes an empty disk for each LUN of the lab's server in `dir`, in place of any that is there. */
export async function blankLuns(dir: string): Promise<readonly AttachedLun[]> {
  return Promise.all(Object.values(luns).map((identity) => blankLun(dir, identity)));
}

/** Makes an empty disk of one LUN in `dir`, in place of any that is there. */
export async function blankLun(dir: string, identity: LunIdentity): Promise<AttachedLun> {
  const file = lunFile(dir, identity);
  await command(["qemu-img", "create", "-q", "-f", "qcow2", file, String(identity.size)], join(dir, "qemu-img.txt"));
  return { identity, file };
}

/** Puts an overlay over each disk of the installed server into `dir`, so that the original is never written to. */
export async function cloneLuns(server: Artifact, dir: string): Promise<readonly AttachedLun[]> {
  return Promise.all(
    Object.values(luns).map(async (identity) => {
      const file = lunFile(dir, identity);
      const base = lunFile(server.dir, identity);
      const create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base, file] as const;
      await command([...create], join(dir, "qemu-img.txt"));
      return { identity, file };
    }),
  );
}

/** The lab's server, freshly installed, never yet booted: the disks in an artifact. */
export async function installedServer(image: LabImage): Promise<Artifact> {
  const scripts = ["install-server.sh", "payload.sh", "lib.sh"].map((name) => ({ path: join(guestDir, name) }));
  const lab = ["server.ts", "luns.ts", "qemu.ts"].map((name) => ({ path: join(import.meta.dirname, name) }));
  return artifact("server", [image.key, ...scripts, ...lab], async (dir) => {
    await runVm({
      name: "install",
      dir,
      image,
      boot: { from: "rescue", multipath: true },
      luns: await blankLuns(dir),
      script: ["install-server.sh", luns.system.wwid, luns.data.wwid],
      timeoutSeconds: 1800,
    });
  });
}
