/**
 * What the first sector of a disk, map or partition says of its boot loader.
 *
 * - `grub2`: GRUB 2's boot.img (grub-core/boot/i386/pc/boot.S): the address 0x8000 at 0x5a, after it the sector from
 *   which it loads core.img. `textAt` is where its text "GRUB" stands.
 * - `grub-legacy`: GRUB 0.9x's stage1, version 3.2 at 0x3e
 * - `other`: some other code, `name` where it tells one
 * - `none`: no code, or no boot signature
 */
export type BootSector =
  | { readonly is: "grub2"; readonly coreSector: number; readonly textAt: number }
  | { readonly is: "grub-legacy" }
  | { readonly is: "other"; readonly name: string | null }
  | { readonly is: "none" };

const SECTOR = 512;
/** The DOS partition table begins here; what stands before is code, a disk signature, or a filesystem's parameters. */
const CODE_ENDS = 0x1b8;
const KERNEL_ADDRESS = 0x5a;
const KERNEL_SECTOR = 0x5c;
const LEGACY_VERSION = 0x3e;
const LEGACY_STAGE2_ADDRESS = 0x42;
const LOADED_AT = 0x8000;

/** Loaders by a text in their first sector. */
const NAMES: readonly (readonly [text: string, name: string])[] = [
  ["LILO", "LILO"],
  ["EXTLINUX", "EXTLINUX"],
  ["SYSLINUX", "SYSLINUX"],
  ["NTLDR", "Windows"],
  ["BOOTMGR", "Windows"],
];

/** Reads a boot sector; null where it isn't a whole one. */
export function parseBootSector(bytes: Uint8Array): BootSector | null {
  if (bytes.length < SECTOR) return null;
  const sector = Buffer.from(bytes.subarray(0, SECTOR));
  if (sector.readUInt16BE(SECTOR - 2) !== 0x55aa || sector.subarray(0, CODE_ENDS).every((byte) => byte === 0)) {
    return { is: "none" };
  }
  const textAt = sector.indexOf("GRUB", 0, "latin1");
  if (textAt !== -1 && sector.readUInt16LE(LEGACY_VERSION) === 0x0203) {
    if (sector.readUInt16LE(LEGACY_STAGE2_ADDRESS) === LOADED_AT) return { is: "grub-legacy" };
  }
  const coreSector = sector.readBigUInt64LE(KERNEL_SECTOR);
  if (textAt !== -1 && sector.readUInt16LE(KERNEL_ADDRESS) === LOADED_AT && coreSector <= Number.MAX_SAFE_INTEGER) {
    return { is: "grub2", coreSector: Number(coreSector), textAt };
  }
  const named = NAMES.find(([text]) => sector.indexOf(text, 0, "latin1") !== -1);
  return { is: "other", name: named?.[1] ?? (textAt === -1 ? null : "an unknown GRUB") };
}
