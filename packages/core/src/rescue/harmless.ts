import type { Argv } from "../host/outcome.js";

/** A message that looks like trouble and is none. */
interface HarmlessMessage {
  /** The programs that say it; null: any, since they start each other. */
  readonly tools: readonly string[] | null;
  /** The whole line, without white space at its ends. */
  readonly pattern: RegExp;
  /** Why it needn't worry anyone, for people. */
  readonly why: string;
}

const LVM: readonly string[] = ["pvcreate", "pvchange", "vgcreate", "vgcfgrestore", "vgchange", "lvcreate", "lvchange"];

/**
 * Messages that are known. Each pattern is as narrow as the message: one that only resembles it is shown like any other.
 */
const MESSAGES: readonly HarmlessMessage[] = [
  {
    // lvm2, tools/lvmcmdline.c, _close_descriptor()
    tools: null,
    pattern: /^File descriptor \d+ \(.*\) leaked on \S+ invocation\. Parent PID \d+: .*$/,
    why: "LVM remarks that whoever started it has other files open",
  },
  {
    // lvm2, lib/format_text/format-text.c; only EINVAL: an I/O error is one
    tools: LVM,
    pattern: /^\S+: fsync failed: Invalid argument$/,
    why: "the filesystem under LVM's own copies of the metadata can't be synced, as in memory",
  },
  {
    // lvm2, lib/config/config.c: before 2.03.12 there was no such file
    tools: LVM,
    pattern: /^Configuration setting "devices\/use_devicesfile" unknown\.$/,
    why: "this LVM is older than the file of devices that it is told not to use",
  },
  {
    // lvm2, lib/format_text/import_vsn1.c, _read_pv(): the metadata given by --restorefile names all PVs of the group
    tools: ["pvcreate"],
    pattern: /^(?:WARNING: )?Couldn't find device with uuid [0-9A-Za-z-]{38}\.$/,
    why: "the group's other physical volumes aren't made yet",
  },
  {
    // lvm2, tools/pvcreate.c and lib/metadata/pv_manip.c
    tools: ["pvcreate"],
    pattern: /^WARNING: Forcing physical volume creation on \S+(?: of volume group ".*")?$/,
    why: "that it is overwritten was confirmed",
  },
  {
    // s390-tools, fdasd/fdasd.c: said of each of the three partitions that the file doesn't name; of the first it is an error
    tools: ["fdasd"],
    pattern: /^(?:WARNING: )?no config file entry for partition (?:[2-9]|\d\d+) found.*$/i,
    why: "the disk had fewer than three partitions",
  },
  {
    // e2fsprogs, misc/mke2fs.c and debugfs/debugfs.c
    tools: ["mke2fs", "tune2fs", "debugfs", "dumpe2fs", "e2fsck"],
    pattern: /^(?:mke2fs|tune2fs|debugfs|dumpe2fs|e2fsck) \d+\.\d+\S* \(\d+-[A-Z][a-z]{2}-\d{4}\)$/,
    why: "the program's version",
  },
  {
    // e2fsprogs, misc/mke2fs.c, parse_fs_type()
    tools: ["mke2fs"],
    pattern: /^Warning: the fs_type ext2 is not defined in mke2fs\.conf$/,
    why: "the rescue system's configuration is kept out; everything is said on the command line",
  },
  {
    // e2fsprogs, misc/mke2fs.c: with a configuration file that defines no types, so that nothing comes from it
    tools: ["mke2fs"],
    pattern: /^Warning: the fs_type ext[234] is not defined in mke2fs\.conf$/,
    why: "all that the file would set is given on the command line",
  },
  {
    // util-linux, disk-utils/mkswap.c
    tools: ["mkswap"],
    pattern: /^mkswap: \S+: warning: wiping old \S+ signature\.$/,
    why: "that it is overwritten was confirmed",
  },
  {
    // util-linux, disk-utils/sfdisk.c: said with --wipe always too
    tools: ["sfdisk"],
    pattern: /^The device contains '\S+' signature and it (?:may|will) be removed by a write command\..*$/,
    why: "that it is overwritten was confirmed",
  },
  {
    // grub2, util/grub-install.c
    tools: null,
    pattern: /^Installing for \S+ platform\.$|^Installation finished\. No error reported\.$/,
    why: "grub-install tells what it does",
  },
  {
    // grub2, util/grub-mkconfig.in and util/grub.d: all of its progress goes to the error output
    tools: null,
    pattern: /^(?:Generating grub configuration file \.\.\.|Found (?:linux|initrd|background) image: .*|done)$/,
    why: "grub-mkconfig tells what it does",
  },
];

/** Why a line of these commands needn't worry anyone; undefined where it isn't known. */
export function harmless(line: string, commands: readonly Argv[]): string | undefined {
  const text = line.trim();
  return MESSAGES.find(({ tools, pattern }) => isSaidBy(tools, commands) && pattern.test(text))?.why;
}

function isSaidBy(tools: readonly string[] | null, commands: readonly Argv[]): boolean {
  return tools === null || commands.some(([program]) => tools.includes(program.slice(program.lastIndexOf("/") + 1)));
}

/** What a command said on its error output but for known messages: the last line of it tells why a command failed. */
export function withoutHarmless(text: string, commands: readonly Argv[]): string {
  const lines = text.split("\n");
  return lines.filter((line) => harmless(line, commands) === undefined).join("\n");
}
