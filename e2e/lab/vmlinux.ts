import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { LabError } from "./error.js";

const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** What kernels are compressed with: xz until Debian 12, zstd since Debian 13. What follows the stream is no part of it. */
const compressions: readonly { readonly magic: Buffer; readonly unpack: readonly [string, ...string[]] }[] = [
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), unpack: ["xz", "-dc", "--single-stream"] },
  // it complains of what follows, but has written the stream by then
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: ["zstd", "-dcq"] },
];

/** Takes the uncompressed kernel out of a bzImage, which holds it as one stream (kernel: scripts/extract-vmlinux). */
export function extractVmlinux(bzImage: string, vmlinux: string): void {
  const image = readFileSync(bzImage);
  for (const { magic, unpack } of compressions) {
    for (let at = image.indexOf(magic); at >= 0; at = image.indexOf(magic, at + 1)) {
      const [program, ...options] = unpack;
      const { stdout, error } = spawnSync(program, options, { input: image.subarray(at), maxBuffer: 2 ** 30 });
      // EPIPE: it has ended with the stream, and left the rest
      if (isMissing(error)) throw new LabError(`${program} isn't installed`);
      if (stdout.subarray(0, 4).equals(elfMagic)) {
        writeFileSync(vmlinux, stdout);
        return;
      }
    }
  }
  throw new LabError(`${bzImage}: no compressed kernel in it`);
}

function isMissing(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.code === "ENOENT";
}
