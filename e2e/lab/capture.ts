import { copyFileSync, linkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "./bundle.js";
import { type Artifact, artifact } from "./cache.js";
import type { LabImage } from "./image.js";
import { luns } from "./luns.js";
import { guestDir } from "./paths.js";
import { cloneLuns, installedServer } from "./server.js";
import { runVm } from "./vm.js";

/** What is left when the server is gone. */
export interface Capture {
  /** Made by `bmr backup`: one tar file with the recovery set in it. */
  readonly backup: string;
  /** Manifest of its files. */
  readonly manifest: string;
  /** Output of `bmr scan --json`. */
  readonly scan: string;
  /** The CLI that made them, as one file. */
  readonly bundle: string;
}

/**
 * Boots the installed server from its own disks, has it scanned and backed up. Done once for each state of the CLI, since
 * several scenarios begin with it.
 */
export async function captureServer(image: LabImage): Promise<Capture> {
  const server = await installedServer(image);
  const bundle = await buildBundle();
  const scripts = ["capture.sh", "inspect.sh", "lib.sh", "manifest.ts"].map((name) => ({ path: join(guestDir, name) }));
  const capture = await artifact("capture", [server.key, { path: bundle }, ...scripts], (dir) =>
    runCapture(image, server, bundle, dir),
  );
  const file = (name: string): string => join(capture.dir, name);
  return {
    backup: file("backup.tar"),
    manifest: file("manifest"),
    scan: file("scan.json"),
    bundle: file("bmr.cjs"),
  };
}

async function runCapture(image: LabImage, server: Artifact, bundle: string, dir: string): Promise<void> {
  copyFileSync(bundle, join(dir, "bmr.cjs"));
  const attached = await cloneLuns(server, dir);
  const { share } = await runVm({
    name: "source",
    dir,
    image,
    boot: { from: "lun", lun: luns.system },
    luns: attached,
    script: ["capture.sh"],
    inputs: { "bmr.cjs": join(dir, "bmr.cjs") },
    timeoutSeconds: 1800,
  });
  for (const name of ["backup.tar", "manifest", "scan.json"]) linkSync(join(share, name), join(dir, name));
  // the server is lost: only what it left behind goes on
  for (const { file } of attached) rmSync(file);
}
