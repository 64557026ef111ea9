import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { LabError } from "./error.js";

const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** Takes the uncompressed kernel out of a bzImage, which holds it as one xz stream (kernel: scripts/extract-vmlinux). */
export function extractVmlinux(bzImage: string, vmlinux: string): void {
  const image = readFileSync(bzImage);
  for (let at = image.indexOf(xzMagic); at >= 0; at = image.indexOf(xzMagic, at + 1)) {
    // what follows the stream in the bzImage is no xz: --single-stream ignores it
    const xz = spawnSync("xz", ["-dc", "--single-stream"], { input: image.subarray(at), maxBuffer: 2 ** 30 });
    if (xz.stdout.subarray(0, 4).equals(elfMagic)) {
      writeFileSync(vmlinux, xz.stdout);
      return;
    }
  }
  throw new LabError(`${bzImage}: no xz-compressed kernel in it`);
}
