/** Tables of every sort, as sfdisk is told to make them. */

/** A disk GUID. */
export const GUID = "label-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539";
/** The type of a Linux filesystem. */
export const LINUX = "type=0FC63DAF-8483-4772-8E79-3D69D8477DE4";
const EFI = "type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
const BIOS = "type=21686148-6449-6E6F-744E-656564454649";
const MIB = 1024 * 1024;
const LVM = "type=E6D6D379-F507-44C2-A23C-238F2A3DF928";
/** A partition GUID for a number. */
export const uuid = (n: number): string =>
  `uuid=4DD6948A-44F8-4E6C-8BDC-${n.toString(16).toUpperCase().padStart(12, "0")}`;
/** A line for each number from 1. */
export const many = (count: number, line: (n: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i + 1));

/** A table to be made. */
export interface TableCase {
  readonly name: string;
  readonly mib: number;
  readonly script: readonly string[];
  /** Set the protective MBR's flag too. */
  readonly pmbrBoot?: true;
}

export const CASES: readonly TableCase[] = [
  { name: "gpt, empty", mib: 10, script: ["label: gpt", GUID] },
  { name: "gpt, one partition", mib: 100, script: ["label: gpt", GUID, "", `1 : start=2048, ${LINUX}, ${uuid(1)}`] },
  {
    name: "gpt of a server: BIOS boot, EFI, boot, LVM, with names",
    mib: 4096,
    script: [
      "label: gpt",
      GUID,
      "",
      `1 : start=2048, size=2048, ${BIOS}, ${uuid(1)}, name="BIOS boot partition"`,
      `2 : start=4096, size=204800, ${EFI}, ${uuid(2)}, name="EFI System Partition", attrs="RequiredPartition"`,
      `3 : start=208896, size=1048576, ${LINUX}, ${uuid(3)}, name="boot", attrs="LegacyBIOSBootable"`,
      `4 : start=1257472, ${LVM}, ${uuid(4)}, name="lvm"`,
    ],
  },
  {
    name: "gpt, gaps in the numbers",
    mib: 100,
    script: [
      "label: gpt",
      GUID,
      ...[3, 17, 128].map((n) => `${n} : start=${n * 1024}, size=512, ${LINUX}, ${uuid(n)}`),
    ],
  },
  {
    name: "gpt, numbers not in the order of places",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      ...[4, 1, 3, 2].map((n, at) => `${n} : start=${2048 + at * 4096}, size=4096, ${LINUX}, ${uuid(n)}`),
    ],
  },
  {
    name: "gpt, all attributes",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      `1 : start=2048, size=2048, ${LINUX}, ${uuid(1)}, attrs="RequiredPartition NoBlockIOProtocol LegacyBIOSBootable GUID:48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63"`,
      `2 : start=4096, size=2048, ${LINUX}, ${uuid(2)}, attrs="GUID:63"`,
      `3 : start=6144, size=2048, ${LINUX}, ${uuid(3)}, attrs="NoBlockIOProtocol GUID:48"`,
    ],
  },
  {
    name: "gpt, names that want quoting",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      ...[
        "a b",
        " leading and trailing ",
        'quo\\x22te", attrs=\\x22GUID:63',
        "back\\x5cslash \\x5cx41",
        "dollar $(id) `id`",
        "caf\\xc3\\xa9 \\xe6\\x97\\xa5\\xe6\\x9c\\xac",
        "new\\x0aline",
        "comma, equals=, semi;",
        "#hash",
      ].map((name, at) =>
        [
          `${at + 1} : start=${2048 * (at + 1)}, size=2048, ${LINUX}, ${uuid(at + 1)}`,
          `name="${name.replace('",', "\\x22,")}"`,
        ].join(", "),
      ),
    ],
  },
  {
    name: "gpt, a name of 36 characters",
    mib: 64,
    script: ["label: gpt", GUID, `1 : start=2048, size=2048, ${LINUX}, ${uuid(1)}, name="${"x".repeat(36)}"`],
  },
  {
    name: "gpt, first-lba 34",
    mib: 64,
    script: ["label: gpt", GUID, "first-lba: 34", `1 : start=34, size=2014, ${BIOS}, ${uuid(1)}`],
  },
  {
    name: "gpt, partitions at odd sectors",
    mib: 64,
    script: [
      "label: gpt",
      GUID,
      "first-lba: 34",
      `1 : start=63, size=1001, ${LINUX}, ${uuid(1)}`,
      `2 : start=1065, size=1, ${LINUX}, ${uuid(2)}`,
      `3 : start=1067, size=7777, ${LINUX}, ${uuid(3)}`,
    ],
  },
  {
    name: "gpt, last-lba before the end",
    mib: 64,
    script: ["label: gpt", GUID, "last-lba: 100000", `1 : start=2048, ${LINUX}, ${uuid(1)}`],
  },
  {
    name: "gpt, 4 entries",
    mib: 64,
    script: ["label: gpt", GUID, "table-length: 4", `2 : start=2048, size=4096, ${LINUX}, ${uuid(2)}`],
  },
  {
    name: "gpt, 256 entries",
    mib: 64,
    script: ["label: gpt", GUID, "table-length: 256", `200 : start=2048, size=4096, ${LINUX}, ${uuid(200)}`],
  },
  {
    name: "gpt, 128 partitions",
    mib: 512,
    script: ["label: gpt", GUID, ...many(128, (n) => `${n} : start=${2048 * n}, size=2048, ${LINUX}, ${uuid(n)}`)],
  },
  {
    name: "gpt, 8 TiB",
    mib: 8 * MIB,
    script: ["label: gpt", GUID, `1 : start=2048, size=4294967296, ${LINUX}, ${uuid(1)}`, `2 : ${LINUX}, ${uuid(2)}`],
  },
  {
    name: "gpt with the protective MBR's flag",
    mib: 64,
    pmbrBoot: true,
    script: ["label: gpt", GUID, `1 : start=2048, size=2048, ${BIOS}, ${uuid(1)}`],
  },
  {
    name: "gpt, an unknown type",
    mib: 64,
    script: ["label: gpt", GUID, `1 : start=2048, size=2048, type=DEADBEEF-0000-4000-8000-0123456789AB, ${uuid(1)}`],
  },
  { name: "dos, empty", mib: 10, script: ["label: dos", "label-id: 0x1ddc8a79"] },
  {
    name: "dos, one active partition",
    mib: 100,
    script: ["label: dos", "label-id: 0x1ddc8a79", "1 : start=2048, type=83, bootable"],
  },
  {
    name: "dos of a server: boot, swap, LVM",
    mib: 4096,
    script: [
      "label: dos",
      "label-id: 0x000cafe0",
      "1 : start=2048, size=1048576, type=83, bootable",
      "2 : start=1050624, size=2097152, type=82",
      "3 : start=3147776, type=8e",
    ],
  },
  {
    name: "dos, four primary, two active",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0xffffffff",
      ...many(4, (n) => `${n} : start=${n * 4096}, size=4096, type=83${n % 2 ? ", bootable" : ""}`),
    ],
  },
  {
    name: "dos, gaps in the numbers",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "2 : start=2048, size=2048, type=83",
      "4 : start=8192, size=2048, type=fd",
    ],
  },
  {
    name: "dos, numbers not in the order of places",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=8192, size=2048, type=83",
      "2 : start=2048, size=2048, type=7",
    ],
  },
  {
    name: "dos, signature zero",
    mib: 64,
    script: ["label: dos", "label-id: 0x00000000", "1 : start=2048, size=2048, type=83"],
  },
  {
    name: "dos, extended and logical",
    mib: 256,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, size=20480, type=83, bootable",
      "2 : start=22528, size=204800, type=5",
      "5 : start=24576, size=20480, type=83",
      "6 : start=47104, size=20480, type=8e",
      "7 : start=69632, size=20480, type=82",
    ],
  },
  {
    name: "dos, LBA extended as 4, logical ones close behind their EBR and out of order",
    mib: 256,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "2 : start=63, size=1985, type=83, bootable",
      "4 : start=4096, size=400000, type=f",
      "5 : start=4097, size=1000, type=83",
      "6 : start=30000, size=1000, type=82",
      "7 : start=20000, size=1000, type=8e",
    ],
  },
  {
    name: "dos, Linux extended, 40 logical ones",
    mib: 256,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, type=85",
      ...many(40, (n) => `${n + 4} : start=${2048 + n * 4096}, size=2048, type=83`),
    ],
  },
  {
    name: "dos, empty extended",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, size=2048, type=83",
      "2 : start=4096, size=8192, type=5",
    ],
  },
  {
    name: "dos, from sector 1, sizes of one sector",
    mib: 64,
    script: ["label: dos", "label-id: 0x12345678", "1 : start=1, size=1, type=41", "2 : start=3, size=60, type=da"],
  },
  {
    name: "dos, cylinders of old: 63 sectors",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=63, size=16002, type=83, bootable",
      "2 : start=16065, size=16065, type=5",
      "5 : start=16128, size=16002, type=83",
    ],
  },
  {
    name: "dos, unusual types",
    mib: 64,
    script: [
      "label: dos",
      "label-id: 0x12345678",
      "1 : start=2048, size=2048, type=39",
      "2 : start=4096, size=2048, type=ef",
      "3 : start=6144, size=2048, type=0",
      "4 : start=8192, size=2048, type=1b",
    ],
  },
  {
    name: "dos, 2 TiB",
    mib: 2 * MIB,
    script: ["label: dos", "label-id: 0x12345678", "1 : start=2048, size=4294965247, type=83"],
  },
];
