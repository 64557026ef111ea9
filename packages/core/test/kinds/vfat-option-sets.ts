const MIB = 1024 * 1024;

/** A FAT filesystem to be recorded. */
export interface VfatSet {
  readonly name: string;
  readonly bytes: number;
  /** Options of mkfs.vfat. */
  readonly options: readonly string[];
  /** Its last argument. */
  readonly kibibytes?: number;
  /** Bytes written over what mkfs.vfat made, by place. */
  readonly patch?: Readonly<Record<number, readonly number[]>>;
  /** Put over the label `ORIGINAL` wherever it stands: in the boot sector, its copy, the root directory. */
  readonly label?: Uint8Array;
  readonly findings?: readonly string[];
  /** False where some byte of the reserved sectors and the tables comes out otherwise; the findings say so. */
  readonly same?: false;
}

const GEOMETRY_255_63 = { 24: [63, 0, 255, 0] };

/** The variety of mkfs.vfat's options, and what other makers leave behind. */
export const VFAT_SETS: readonly VfatSet[] = [
  { name: "EFI system partition", bytes: 512 * MIB, options: ["-F", "32", "-n", "EFI", "-h", "2048"] },
  { name: "FAT32 by default", bytes: 600 * MIB, options: [] },
  { name: "FAT16 by default", bytes: 64 * MIB, options: [] },
  { name: "FAT12 by default", bytes: 4 * MIB, options: [] },
  { name: "floppy", bytes: 1440 * 1024, options: ["-n", "BOOT"] },
  { name: "FAT32 of few clusters", bytes: 33 * MIB, options: ["-F", "32", "-s", "4"] },
  { name: "FAT32 that isn't aligned", bytes: 512 * MIB, options: ["-F", "32", "-s", "8", "-a"] },
  { name: "FAT16 that isn't aligned", bytes: 100 * MIB, options: ["-F", "16", "-s", "16", "-a"] },
  { name: "FAT12 of large clusters", bytes: 100 * MIB, options: ["-F", "12", "-s", "64"] },
  { name: "clusters of 64 KiB", bytes: 300 * MIB, options: ["-F", "16", "-s", "128"] },
  { name: "one table", bytes: 64 * MIB, options: ["-f", "1"] },
  { name: "four tables", bytes: 64 * MIB, options: ["-F", "32", "-f", "4", "-s", "2"] },
  { name: "reserved sectors", bytes: 64 * MIB, options: ["-F", "16", "-R", "17", "-a"] },
  { name: "aligned reserved sectors", bytes: 64 * MIB, options: ["-F", "16", "-R", "17", "-s", "8"] },
  { name: "backup boot sector", bytes: 64 * MIB, options: ["-F", "32", "-R", "40", "-b", "20"] },
  { name: "no backup boot sector", bytes: 64 * MIB, options: ["-F", "32", "-b", "0"] },
  { name: "two reserved sectors", bytes: 64 * MIB, options: ["-F", "32", "-R", "2", "-a"] },
  { name: "a small root directory", bytes: 64 * MIB, options: ["-F", "16", "-r", "16", "-a"] },
  { name: "a large root directory", bytes: 64 * MIB, options: ["-F", "16", "-r", "32768"] },
  { name: "media and drive number", bytes: 64 * MIB, options: ["-M", "0xf0", "-D", "0x81"] },
  { name: "media 0xfd, drive 0", bytes: 4 * MIB, options: ["-M", "0xfd", "-D", "0"] },
  { name: "sectors of 4096 bytes", bytes: 512 * MIB, options: ["-F", "32", "-S", "4096"] },
  { name: "sectors of 2048 bytes", bytes: 64 * MIB, options: ["-F", "16", "-S", "2048", "-s", "2"] },
  { name: "sectors of 1024 bytes", bytes: 16 * MIB, options: ["-F", "12", "-S", "1024", "-s", "8"] },
  { name: "hidden sectors", bytes: 64 * MIB, options: ["-h", "4294967295"] },
  { name: "geometry", bytes: 64 * MIB, options: ["-g", "255/63"] },
  { name: "a volume id of zeros", bytes: 64 * MIB, options: ["-i", "00000000"] },
  { name: "a volume id of ones", bytes: 64 * MIB, options: ["-i", "ffffffff"] },
  { name: "smaller than its device", bytes: 64 * MIB, options: ["-a"], kibibytes: 40_001 },
  { name: "smaller than its device, aligned", bytes: 640 * MIB, options: ["-F", "32", "-s", "8"], kibibytes: 524_288 },
  {
    name: "an odd number of sectors in whole tracks",
    bytes: 640 * MIB,
    options: ["-F", "32", "-s", "8", "-g", "255/63"],
  },
  {
    name: "hardly anything behind the tables",
    bytes: 102_400,
    options: ["-F", "12", "-S", "1024", "-s", "1", "-R", "27", "-f", "1", "-r", "128", "-g", "255/63"],
  },
  {
    name: "hardly anything behind the tables, and smaller than its device",
    bytes: 129_024,
    options: ["-F", "12", "-S", "512", "-s", "1", "-R", "84", "-f", "3", "-r", "640", "-g", "255/63"],
    kibibytes: 100,
  },
  { name: "an odd number of sectors", bytes: 64 * MIB + 512, options: ["-a"] },
  {
    name: "as dosfstools 4.1 left it: no whole tracks",
    bytes: 512 * MIB,
    options: ["-F", "32", "-s", "8", "-g", "255/1"],
    patch: { 24: [63, 0, 255, 0], [6 * 512 + 24]: [63, 0, 255, 0] },
    findings: ["vfat/geometry"],
    same: false,
  },
  {
    name: "a geometry of zeros",
    bytes: 64 * MIB,
    options: ["-F", "16"],
    patch: { 24: [0, 0, 0, 0] },
    findings: ["vfat/geometry"],
    same: false,
  },
  {
    name: "another geometry that needs no whole tracks",
    bytes: 64 * MIB,
    options: ["-F", "16", "-a", "-g", "255/1"],
    patch: GEOMETRY_255_63,
  },
  {
    name: "a boot loader",
    bytes: 64 * MIB,
    options: ["-F", "16"],
    patch: { 3: [...Buffer.from("SYSLINUX")], 62: [0xfa, 0xfc, 0x31, 0xc9] },
    findings: ["vfat/boot-code"],
    same: false,
  },
  {
    name: "no loader and no message",
    bytes: 64 * MIB,
    options: ["-F", "16"],
    patch: { 62: new Array(448).fill(0) },
    same: false,
  },
  {
    name: "a label in the boot sector alone",
    bytes: 64 * MIB,
    options: ["-F", "16"],
    patch: { 43: [...Buffer.from("BOOT ALONE ")] },
    findings: ["vfat/boot-label"],
    same: false,
  },
  {
    name: "mirroring switched off",
    bytes: 64 * MIB,
    options: ["-F", "32"],
    patch: { 40: [0x81, 0] },
    findings: ["vfat/places"],
    same: false,
  },
];

/** Labels that can be made again, and are. */
export const GOOD_LABELS: readonly string[] = [
  "A",
  "ELEVENCHARS",
  "lower case",
  "a  b",
  "-n",
  "--help",
  "'quo'ted'",
  "$(reboot)",
  "`x`",
  "!~#%&@^{}_-",
  "(1)",
];

/** Labels that mkfs.vfat refuses, or can't be given: the bytes on the disk. */
export const BAD_LABELS: readonly (readonly [string, Uint8Array])[] = [
  ["a double quote", Buffer.from('a"b')],
  ["a slash", Buffer.from("A/B")],
  ["a dot", Buffer.from("A.B")],
  ["a leading blank", Buffer.from(" A")],
  ["no name", Buffer.from("NO NAME")],
  ["a newline", Buffer.from("A\nB")],
  ["an escape", Buffer.from("\x1b[2J")],
  ["a byte of codepage 850", Buffer.from([0x8e, 0x41])],
  ["bytes that are UTF-8 by chance", Buffer.from([0xc3, 0xa4])],
  ["a delete", Buffer.from([0x41, 0x7f])],
];
