import { textOf } from "../../host/bytes.js";
import { known, type Parsed } from "../../host/probed.js";

/** The header of a swap area (kernel: include/linux/swap.h, union swap_header). */
export interface SwapHeader {
  readonly pageBytes: number;
  /** Bytes of the whole area: of all pages up to the last one. */
  readonly bytes: number;
  readonly byteOrder: "little" | "big";
  readonly badPages: number;
  /** Null where there is none: 16 zero bytes. */
  readonly uuid: string | null;
  /** Null where there is none. */
  readonly label: string | null;
  readonly hibernated: boolean;
}

/** The page sizes of the architectures that Linux runs on. The signature stands at the end of the first page. */
export const PAGE_SIZES: readonly number[] = [4096, 8192, 16384, 32768, 65536];

const SIGNATURE_BYTES = 10;
const INFO = { version: 1024, lastPage: 1028, badPages: 1032, uuid: 1036, label: 1052 } as const;

/**
 * What stands in the place of SWAPSPACE2 while a hibernated system lies in the area (libblkid's swap.c): the kernel's
 * own, uswsusp's, TuxOnIce's. The rest of the header stays as it was.
 */
const HIBERNATED: readonly string[] = ["S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001"];
const TUX_ON_ICE = [0xed, 0xc3, 0x02, 0xe9, 0x98, 0x56, 0xe5, 0x0c];

/** Reads the header out of the first bytes of a device; null where they hold no signature. */
export function parseHeader(source: string, start: Uint8Array): Parsed<SwapHeader | null> {
  const pageBytes = PAGE_SIZES.find((size) => signatureAt(start, size) !== null);
  if (pageBytes === undefined) return known(null);
  const signature = signatureAt(start, pageBytes) as "swap" | "old" | "hibernated";
  if (signature === "old") return unreadable(source, "it has the format of kernels before 2.2, without a header");
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const isLittle = view.getUint32(INFO.version, true) === 1;
  if (!isLittle && view.getUint32(INFO.version, false) !== 1) return unreadable(source, "its version isn't 1");
  return known({
    pageBytes,
    bytes: (view.getUint32(INFO.lastPage, isLittle) + 1) * pageBytes,
    byteOrder: isLittle ? "little" : "big",
    badPages: view.getUint32(INFO.badPages, isLittle),
    uuid: uuidOf(start.subarray(INFO.uuid, INFO.uuid + 16)),
    label: labelOf(start.subarray(INFO.label, INFO.label + 16)),
    hibernated: signature === "hibernated",
  });
}

function signatureAt(start: Uint8Array, pageBytes: number): "swap" | "old" | "hibernated" | null {
  const bytes = start.subarray(pageBytes - SIGNATURE_BYTES, pageBytes);
  if (bytes.length < SIGNATURE_BYTES) return null;
  const text = Buffer.from(bytes).toString("latin1");
  if (text === "SWAPSPACE2") return "swap";
  if (text === "SWAP-SPACE") return "old";
  if (HIBERNATED.some((name) => text.startsWith(name))) return "hibernated";
  return TUX_ON_ICE.every((byte, index) => bytes[index] === byte) ? "hibernated" : null;
}

function uuidOf(bytes: Uint8Array): string | null {
  const hex = Buffer.from(bytes).toString("hex");
  if (/^0+$/.test(hex)) return null;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function labelOf(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  const label = textOf(end === -1 ? bytes : bytes.subarray(0, end));
  return label === "" ? null : label;
}

function unreadable<F>(source: string, why: string): Parsed<F> {
  return {
    is: "unknown",
    failure: { reason: "unexpected-output", source, message: `the swap header of ${source} can't be used: ${why}` },
  };
}
