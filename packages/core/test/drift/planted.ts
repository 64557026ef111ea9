import {
  all,
  asked,
  becomes,
  bytes,
  dmAttribute,
  type Edit,
  everywhere,
  file,
  list,
  mounts,
  moved,
  says,
  udev,
} from "./edit-evidence.js";

/** One difference, planted in what the rebuilt or healthy server says. */
export interface Planted {
  readonly what: string;
  readonly edit: Edit;
  /** What must be told, as `subject field`; the first by the comparison of `verify`, the other by `check` where it tells more or less. */
  readonly verify: readonly string[];
  readonly check?: readonly string[];
}

/** Lines of dumpe2fs, of the filesystem that has this volume name. */
const ext = (volume: string, from: string | RegExp, to: string): Edit =>
  says(`Filesystem volume name:   ${volume}\n`, from, to);

/** A line of dumpe2fs with another value. */
const line = (key: string, value: string): [RegExp, string] => [new RegExp(`^(${key}:\\s+).*$`, "m"), `$1${value}`];

const superblock = (node: string, field: string): string => `${node} content.detail.superblock.${field}`;

const ROOT = "lv:sysvg/root";
const SRV = "lv:sysvg/data";
const SPOOL = "lv:sysvg/spool";
const GROUP = "vg:sysvg";
const LUN_A = "lun:35000c500a0000001";
const LUN_B = "lun:35000c500a0000002";
const LUN_C = "lun:35000c500a0000003";
const BOOT = `part:${LUN_A}/1`;
const SWAP = "lv:sysvg/swap";
const PV_A = `part:${LUN_A}/2`;
const PV_B = `part:${LUN_B}/1`;
const ODD = `part:${LUN_B}/3`;
const EFI = `part:${LUN_C}/1`;
const MORE = `part:${LUN_C}/2`;

function extLine(volume: string, node: string, key: string, value: string, field: string): Planted {
  return { what: `ext: ${key} ${value}`, edit: ext(volume, ...line(key, value)), verify: [superblock(node, field)] };
}

const EXT: readonly Planted[] = [
  {
    what: "ext: label",
    edit: ext("root", ...line("Filesystem volume name", "toor")),
    verify: [`${ROOT} content.label`],
  },
  {
    what: "ext: UUID",
    edit: everywhere("e676cfd8-fda1-44e4-8ffb-76254306dab5", "e676cfd8-fda1-44e4-8ffb-76254306dab6"),
    verify: [`${ROOT} content.uuid`],
  },
  extLine("root", ROOT, "Filesystem revision #", "0 (original)", "revision"),
  { what: "ext: a feature less", edit: ext("root", " dir_index", ""), verify: [superblock(ROOT, "features")] },
  extLine("root", ROOT, "Filesystem flags", "unsigned_directory_hash", "flags"),
  extLine("root", ROOT, "Default mount options", "user_xattr acl discard", "defaultMountOptions"),
  extLine("srv-data", SRV, "Mount options", "delalloc", "mountOptions"),
  extLine("root", ROOT, "Errors behavior", "Panic", "errorsBehavior"),
  extLine("root", ROOT, "Inode count", "118800", "inodeCount"),
  extLine("root", ROOT, "Block count", "237560", "blockCount"),
  extLine("root", ROOT, "Reserved block count", "3564", "reservedBlocks"),
  extLine("boot", BOOT, "First block", "0", "firstBlock"),
  extLine("boot", BOOT, "Reserved GDT blocks", "255", "reservedGdtBlocks"),
  extLine("root", ROOT, "Inodes per group", "14840", "inodesPerGroup"),
  extLine("root", ROOT, "Inode blocks per group", "1855", "inodeBlocksPerGroup"),
  extLine("root", ROOT, "Flex block group size", "8", "flexBlockGroupSize"),
  extLine("srv-data", SRV, "RAID stride", "32", "raidStride"),
  extLine("srv-data", SRV, "RAID stripe width", "64", "raidStripeWidth"),
  extLine("boot", BOOT, "Maximum mount count", "24", "maxMountCount"),
  extLine("boot", BOOT, "Check interval", "3196801 (1 month, 1 week)", "checkIntervalSeconds"),
  extLine("srv-data", SRV, "Reserved blocks uid", "1235 (user unknown)", "reservedUid"),
  extLine("root", ROOT, "Reserved blocks gid", "7 (group lp)", "reservedGid"),
  extLine("root", ROOT, "First inode", "12", "firstInode"),
  extLine("root", ROOT, "Inode size", "256", "inodeSize"),
  extLine("root", ROOT, "Required extra isize", "28", "requiredExtraIsize"),
  extLine("root", ROOT, "Desired extra isize", "28", "desiredExtraIsize"),
  extLine("root", ROOT, "Total journal blocks", "4096", "journal.bytes"),
  extLine("root", ROOT, "Default directory hash", "tea", "directoryHash"),
  extLine("root", ROOT, "Directory Hash Seed", "83c5d940-895a-4087-8f0b-5bce7aa0bee8", "hashSeed"),
];

const lvs = (name: string, from: string, to: string): Edit =>
  says('"lv_name"', new RegExp(`("lv_name":"${name}",[^}]*?)${from}`, "g"), `$1${to}`);
const pvs = (name: string, from: string, to: string): Edit =>
  says('"pv_name"', new RegExp(`("pv_name":"/dev/mapper/${name}",[^}]*?)${from}`), `$1${to}`);
const vgs = (from: string, to: string): Edit => says('"vg_extent_size"', from, to);

const LVM: readonly Planted[] = [
  {
    what: "LV: UUID",
    edit: everywhere("zfGvEx", "zfGvEy"),
    verify: [`${SPOOL} detail.uuid`],
  },
  { what: "LV: size", edit: dmAttribute("sysvg-spool", "size", "212992"), verify: [`${SPOOL} bytes`] },
  {
    what: "LV: read-only",
    edit: lvs("spool", "-wi-ao----", "-ri-ao----"),
    verify: [`${SPOOL} readOnly`],
    check: [`${SPOOL} readOnly`, `${SPOOL} finding`],
  },
  { what: "LV: tags", edit: lvs("spool", '"lv_tags":"lab"', '"lv_tags":"lab,more"'), verify: [`${SPOOL} detail.tags`] },
  { what: "LV: allocation", edit: lvs("spool", "-wi-ao----", "-wc-ao----"), verify: [`${SPOOL} detail.allocation`] },
  {
    what: "LV: left out of activation",
    edit: lvs("spool", "-wi-ao----", "-wi-ao---k"),
    verify: [`${SPOOL} detail.skipActivation`],
  },
  { what: "LV: read-ahead", edit: lvs("spool", '"auto"', '"131072"'), verify: [`${SPOOL} detail.readAhead`] },
  {
    what: "LV: minor number",
    edit: lvs("spool", '"lv_minor":"-1"', '"lv_minor":"77"'),
    verify: [`${SPOOL} detail.fixedMinor`],
  },
  {
    what: "LV: profile",
    edit: lvs("spool", '"lv_profile":""', '"lv_profile":"own"'),
    verify: [`${SPOOL} detail.profile`],
  },
  { what: "LV: other extents", edit: lvs("spool", ":32-43", ":44-55"), verify: [`${SPOOL} detail.segments`] },
  { what: "LV: stripe size", edit: lvs("data", '"65536"', '"131072"'), verify: [`${SRV} detail.segments`] },
  {
    what: "VG: UUID",
    edit: all(everywhere("ZLiIWM-", "ZLiIWN-"), everywhere("LVM-ZLiIWM", "LVM-ZLiIWN")),
    verify: [`${GROUP} detail.uuid`],
  },
  { what: "VG: extent size", edit: vgs('"8388608"', '"4194304"'), verify: [`${GROUP} detail.extentBytes`] },
  {
    what: "VG: extents",
    edit: vgs('"vg_extent_count":"274"', '"vg_extent_count":"273"'),
    verify: [`${GROUP} detail.extents`],
  },
  { what: "VG: not resizeable", edit: vgs('"wz--n-"', '"w---n-"'), verify: [`${GROUP} detail.resizeable`] },
  { what: "VG: allocation", edit: vgs('"wz--n-"', '"wz--c-"'), verify: [`${GROUP} detail.allocation`] },
  { what: "VG: most volumes", edit: vgs('"max_lv":"0"', '"max_lv":"9"'), verify: [`${GROUP} detail.maxVolumes`] },
  { what: "VG: most physical volumes", edit: vgs('"max_pv":"0"', '"max_pv":"9"'), verify: [`${GROUP} detail.maxPvs`] },
  { what: "VG: metadata copies", edit: vgs('"unmanaged"', '"2"'), verify: [`${GROUP} detail.metadataCopies`] },
  { what: "VG: tags", edit: vgs('"vg_tags":""', '"vg_tags":"site"'), verify: [`${GROUP} detail.tags`] },
  { what: "VG: profile", edit: vgs('"vg_profile":""', '"vg_profile":"own"'), verify: [`${GROUP} detail.profile`] },
  { what: "VG: system ID", edit: vgs('"vg_sysid":""', '"vg_sysid":"other"'), verify: [`${GROUP} detail.systemId`] },
  {
    what: "PV: UUID",
    edit: everywhere("vaq5bq-", "vaq5br-"),
    verify: [`${PV_B} content.uuid`, `${ROOT} detail.segments`, `${SRV} detail.segments`, `${SPOOL} detail.segments`],
  },
  {
    what: "PV: start of the extents",
    edit: pvs("mpathb-part1", '"2097152"', '"1048576"'),
    verify: [`${PV_B} content.detail.startBytes`],
  },
  { what: "PV: extents", edit: pvs("mpatha-part2", '"162"', '"161"'), verify: [`${PV_A} content.detail.extents`] },
  {
    what: "PV: not allocatable",
    edit: pvs("mpatha-part2", '"a--"', '"---"'),
    verify: [`${PV_A} content.detail.allocatable`],
  },
  {
    what: "PV: tags",
    edit: pvs("mpatha-part2", '"pv_tags":""', '"pv_tags":"old"'),
    verify: [`${PV_A} content.detail.tags`],
  },
  {
    what: "PV: metadata areas",
    edit: pvs("mpatha-part2", '"pv_mda_count":"1"', '"pv_mda_count":"2"'),
    verify: [`${PV_A} content.detail.metadataAreas`],
  },
  {
    what: "PV: metadata ignored",
    edit: pvs("mpatha-part2", '"pv_mda_used_count":"1"', '"pv_mda_used_count":"0"'),
    verify: [`${PV_A} content.detail.metadataAreasUsed`],
  },
  {
    what: "PV: size of the metadata",
    edit: pvs("mpatha-part2", '"1044480"', '"520192"'),
    verify: [`${PV_A} content.detail.metadataBytes`],
  },
  {
    what: "PV: boot loader area",
    edit: pvs("mpatha-part2", '"pv_ba_size":"0"', '"pv_ba_size":"1048576"'),
    verify: [`${PV_A} content.detail.bootAreaBytes`],
  },
];

const sfdisk = (from: string | RegExp, to: string, having = "sector-size: 512"): Edit => says(having, from, to);

const TABLES: readonly Planted[] = [
  { what: "table: DOS signature", edit: sfdisk("0x1ab0cafe", "0x1ab0caff"), verify: [`${LUN_A} content.uuid`] },
  { what: "table: disk GUID", edit: sfdisk("00000000CAFE", "00000000CAFF"), verify: [`${LUN_B} content.uuid`] },
  {
    what: "table: first usable sector",
    edit: sfdisk("first-lba: 2048\nlast-lba: 4194270", "first-lba: 34\nlast-lba: 4194270"),
    verify: [`${LUN_B} content.detail.usableStartBytes`],
  },
  {
    what: "table: last usable sector",
    edit: sfdisk("last-lba: 4194270", "last-lba: 4190000"),
    verify: [`${LUN_B} content.detail.usableEndBytes`],
  },
  {
    what: "partition: DOS type",
    edit: sfdisk("type=83, bootable", "type=fd, bootable"),
    verify: [`${BOOT} detail.type`],
  },
  { what: "partition: active flag", edit: sfdisk(", bootable", ""), verify: [`${BOOT} detail.bootable`] },
  { what: "partition: GPT type", edit: sfdisk("E6D6D379-F507", "0FC63DAF-F507"), verify: [`${PV_B} detail.type`] },
  { what: "partition: GPT UUID", edit: sfdisk("uuid=E2FA0885", "uuid=E2FA0886"), verify: [`${PV_B} detail.uuid`] },
  { what: "partition: name", edit: sfdisk('name="PV two"', 'name="PV three"'), verify: [`${PV_B} detail.name`] },
  {
    what: "partition: attributes",
    edit: udev("mpathb-part3", "0x8000000000000004", "0x0000000000000004"),
    verify: [`${ODD} detail.attributes`],
  },
  {
    what: "partition: missing",
    edit: sfdisk(/^\/dev\/mapper\/mpathc-part2 .*\n/m, ""),
    verify: [`${MORE} node`, "mount:/more source"],
    check: [`${MORE} node`, "mount:/more source", "layout/unclaimed-device finding", "mount/unresolved finding"],
  },
];

const GRUB = ["devices", "directory", "install", "mkconfig"].map((field) => `boot config.grub.${field}`);

const OTHERS: readonly Planted[] = [
  { what: "swap: UUID", edit: bytes("swap-lv", 1036, [1, 2, 3, 4]), verify: [`${SWAP} content.uuid`] },
  { what: "swap: label", edit: bytes("swap-lv", 1052, [0x70]), verify: [`${SWAP} content.label`] },
  { what: "swap: size", edit: bytes("swap-lv", 1028, [0, 0x70]), verify: [`${SWAP} content.detail.bytes`] },
  {
    what: "swap: options in fstab",
    edit: file("/etc/fstab", (text) => text.replace("sw,pri=7", "sw,pri=8")),
    verify: [`${SWAP} content.detail.fstab`],
  },
  {
    what: "FAT: volume id",
    edit: all(bytes("FAT32   ", 67, [2]), everywhere("CAFE-0001", "CAFE-0002")),
    verify: [`${EFI} content.uuid`, `${EFI} content.detail.bootSector.volumeId`],
  },
  { what: "FAT: media byte", edit: bytes("FAT32   ", 21, [0xf9]), verify: [`${EFI} content.detail.bootSector.media`] },
  {
    what: "FAT: hidden sectors",
    edit: bytes("FAT32   ", 28, [0, 16]),
    verify: [`${EFI} content.detail.bootSector.hiddenBytes`],
  },
  {
    what: "FAT: drive number",
    edit: bytes("FAT32   ", 64, [0x81]),
    verify: [`${EFI} content.detail.bootSector.driveNumber`],
  },
  {
    what: "FAT: label",
    edit: all(
      udev("mpathc-part1", "ID_FS_LABEL_ENC=EFI", "ID_FS_LABEL_ENC=IFE"),
      udev("mpathc-part1", "ID_FS_LABEL=EFI", "ID_FS_LABEL=IFE"),
    ),
    verify: [`${EFI} content.label`],
  },
  {
    what: "mount: device in fstab",
    edit: file("/etc/fstab", (text) => text.replace("/dev/sysvg/spool ", "/dev/mapper/sysvg-spool ")),
    verify: ["mount:/var/spool fstab.spec"],
  },
  {
    what: "mount: options in fstab",
    edit: file("/etc/fstab", (text) => text.replace("ext2 nodev", "ext2 nodev,noexec")),
    verify: ["mount:/var/spool options", "mount:/var/spool fstab.options"],
  },
  {
    what: "mount: fsck order",
    edit: file("/etc/fstab", (text) => text.replace("nodev 0 2", "nodev 0 0")),
    verify: ["mount:/var/spool fstab.pass"],
  },
  {
    what: "mount: dump number",
    edit: file("/etc/fstab", (text) => text.replace("nodev 0 2", "nodev 1 2")),
    verify: ["mount:/var/spool fstab.dump"],
  },
  {
    what: "mount: mode",
    edit: says(" /more\0", /41ed( 0 0 \/more\0)/, "41c0$1"),
    verify: ["mount:/more directory.mode"],
  },
  {
    what: "mount: owner",
    edit: says(" /more\0", / 0 0 \/more\0/, " 7 0 /more\0"),
    verify: ["mount:/more directory.uid"],
  },
  {
    what: "mount: group",
    edit: says(" /more\0", / 0 0 \/more\0/, " 0 7 /more\0"),
    verify: ["mount:/more directory.gid"],
  },
  {
    what: "mount: not mounted",
    edit: file("/proc/self/mountinfo", (text) => text.replace(/^.* \/more .*\n/m, "")),
    verify: ["mount:/more active"],
  },
  {
    what: "mount: elsewhere",
    edit: moved("/more", "/mora"),
    verify: ["mount:/more mount"],
    check: ["mount:/more mount", "mount:/mora mount"],
  },
  {
    what: "multipath: multipath.conf",
    edit: file("/etc/multipath.conf", (text) => text.replace("find_multipaths no", "find_multipaths yes")),
    verify: ["multipath config.files"],
  },
  {
    what: "multipath: bindings",
    edit: file("/etc/multipath/bindings", (text) => text.replace("mpathc", "mpathd")),
    verify: ["multipath config.files"],
  },
  {
    what: "multipath: sector size",
    edit: dmAttribute("mpathb", "queue/logical_block_size", "4096"),
    verify: [`${LUN_B} sectorBytes`, `${LUN_B} content.detail.pmbrBoot`],
  },
  {
    what: "boot: no GRUB on the disk",
    edit: says("GRUB \0Geom", "GRUB \0Geom", "BURG \0Geom"),
    verify: GRUB,
    check: [...GRUB, "boot/no-loader finding"],
  },
  {
    what: "boot: firmware",
    edit: becomes("/sys/firmware/efi", { names: ["efivars"] }),
    verify: [...GRUB, "boot config.firmware", "boot config.initramfs"],
    check: [...GRUB, "boot config.firmware", "boot config.initramfs", "boot/not-restored finding"],
  },
];

const NEW_VOLUME =
  '{"lv_name":"new", "lv_uuid":"AAAAAA-9000-QdAx-XUd1-moeW-gyAY-VdwIM5", "vg_name":"sysvg", "vg_uuid":"ZLiIWM-asN6-Y4uk-G0Ea-7szr-uA77-y4lep1", "lv_attr":"-wi-------", "lv_size":"8388608", "origin":"", "lv_tags":"", "lv_read_ahead":"auto", "lv_minor":"-1", "lv_profile":"", "segtype":"linear", "stripes":"1", "stripe_size":"0", "seg_start":"0", "seg_size":"8388608", "seg_pe_ranges":"/dev/mapper/mpatha-part2:132-132"}';

const NEW_VOLUME_IN_METADATA = `
new {
  id = "AAAAAA-9000-QdAx-XUd1-moeW-gyAY-VdwIM5"
  status = ["READ", "WRITE", "VISIBLE"]
  flags = []
  segment_count = 1
  segment1 { start_extent = 0 extent_count = 1 type = "striped" stripe_count = 1 stripes = ["pv0", 132] }
}
`;

/** What only the healthy server can show: more than was recorded, and what a rebuild doesn't promise. */
export const DRIFTED: readonly Planted[] = [
  {
    what: "disk: enlarged",
    edit: dmAttribute("mpathb", "size", "4194305"),
    verify: [],
    check: [`${LUN_B} bytes`],
  },
  { what: "disk: read-only", edit: dmAttribute("mpathc", "ro", "1"), verify: [], check: [`${LUN_C} readOnly`] },
  {
    what: "LV: one more",
    edit: all(
      says('"lv_name"', /\{"lv_name":"swap"([^}]*)\}/, `{"lv_name":"swap"$1}, ${NEW_VOLUME}`),
      says("logical_volumes {", "logical_volumes {\n", `logical_volumes {\n${NEW_VOLUME_IN_METADATA}`),
    ),
    verify: [],
    check: ["lv:sysvg/new node", "lv:sysvg/new finding"],
  },
  {
    what: "machine: another name",
    edit: file("/proc/sys/kernel/hostname", () => "other\n"),
    verify: [],
    check: ["machine hostname"],
  },
  {
    what: "machine: another place",
    edit: file("/sys/class/dmi/id/product_uuid", () => "6d0f2a54-3b7e-4f57-9c55-1ab000000002\n"),
    verify: [],
    check: ["machine places"],
  },
  {
    what: "mount: one more in fstab",
    edit: file("/etc/fstab", (text) => `${text}LABEL=more /mnt ext4 noauto 0 0\n`),
    verify: [],
    check: ["mount:/mnt mount"],
  },
  {
    what: "mount: read-only",
    edit: file("/proc/self/mountinfo", (text) => text.replace(/ \/more rw(.*) rw$/m, " /more ro$1 ro")),
    verify: [],
    check: ["mount:/more readOnly"],
  },
  {
    what: "mount: stopped by the kernel",
    edit: file("/proc/self/mountinfo", (text) => text.replace(/ (\/more rw.*) rw$/m, " $1 ro")),
    verify: [],
    check: ["mount:/more readOnly", `${MORE} finding`],
  },
  {
    what: "ext: with errors",
    edit: ext("more", ...line("Filesystem state", "clean with errors")),
    verify: [],
    check: [`${MORE} finding`],
  },
];

/** Differences that are none: what comes and goes on a healthy server. */
export const NOISE: readonly Pick<Planted, "what" | "edit">[] = [
  {
    what: "counters and times of a filesystem",
    edit: all(
      ext("root", ...line("Free blocks", "1")),
      ext("root", ...line("Free inodes", "1")),
      ext("root", ...line("Mount count", "99")),
      ext("root", ...line("Last mount time", "Mon Nov 23 02:21:27 2026")),
      ext("root", ...line("Lifetime writes", "366 GB")),
      ext("root", ...line("Last mounted on", "/elsewhere")),
      ext("root", ...line("Journal sequence", "0x00000099")),
    ),
  },
  { what: "LVM's own numbers", edit: says('"vg_seqno"', '"vg_seqno":"6"', '"vg_seqno":"7"') },
  {
    what: "a tmpfs, an automount, a user's mount, a stick",
    edit: all(
      mounts(
        "900 26 0:90 / /var/cache/private rw,nosuid shared:90 - tmpfs tmpfs rw,size=1k",
        "901 26 0:91 / /home/ann rw,relatime shared:91 - autofs /etc/auto.home rw,fd=7,pgrp=1",
        "902 26 0:92 / /home/ann/vault rw,nosuid,nodev shared:92 - fuse.sshfs ann@vault:/ rw,user_id=1000",
        "903 26 0:93 / /net/tools rw shared:93 - nfs4 tools:/export rw,vers=4.2",
        "904 26 254:2 / /mnt rw,relatime shared:94 - ext4 /dev/mapper/mpathc-part2 rw",
      ),
      asked("/home", "/net", "/var/cache", "/var/cache/private"),
    ),
  },
  {
    what: "a kernel more",
    edit: all(
      list("/boot", "vmlinuz-6.1.0-99-amd64", "initrd.img-6.1.0-99-amd64"),
      list("/usr/lib/modules", "6.1.0-99-amd64"),
    ),
  },
];

/** Differences of every kind, one at a time. */
export const PLANTED: readonly Planted[] = [...EXT, ...LVM, ...TABLES, ...OTHERS];
