import { bytesOf, textOf } from "../host/bytes.js";

/**
 * A field of mountinfo, swaps or fstab as it is meant: `\040` and every other `\` with three octal digits stands for one
 * byte (kernel: fs/proc_namespace.c mangle(); fstab(5); util-linux: lib/mangle.c unmangle_to_buffer()).
 */
export function decodeOctal(field: string): string {
  if (!field.includes("\\")) return field;
  const parts = field.split(/(\\[0-3][0-7]{2})/);
  return textOf(
    Buffer.concat(
      parts.map((part, index) => (index % 2 === 0 ? bytesOf(part) : Uint8Array.of(Number.parseInt(part.slice(1), 8)))),
    ),
  );
}
