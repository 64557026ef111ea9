/**
 * FAT keeps neither owners nor modes, and names in two forms: what is seen of all three comes from mount options, and
 * without them from the mounting process's umask and the kernel's configuration. A file-level restore gets back what was
 * saved only under the same view; a chown to anyone else is refused (kernel: fs/fat/file.c, fat_setattr()).
 */
const WITHOUT_OWNERS: ReadonlySet<string> = new Set(["vfat", "msdos"]);

/** Those options, as the kernel shows them (fs/fat/inode.c, fat_show_options()) and as fstab may have them. */
const VIEW =
  /^(?:(?:uid|gid)=\d+|(?:umask|fmask|dmask)=[0-7]+|(?:codepage|iocharset|shortname|tz|time_offset|dots)=.*|utf8|utf8=.*|uni_xlate|nonumtail|showexec|rodir|dots|nodots)$/;

/** systemd, and so mount(8) at boot, runs with this umask. */
const USUAL_VIEW = "umask=0022";

/** True for a filesystem whose owners and modes can't be set, but by its mount options. */
export function hasNoOwners(type: string): boolean {
  return WITHOUT_OWNERS.has(type);
}

/** The options that decide what is seen of such a filesystem; of any other type none. */
export function viewOptions(type: string, options: readonly string[]): readonly string[] {
  return hasNoOwners(type) ? options.filter((option) => VIEW.test(option)) : [];
}

/** The options for a restore into such a filesystem; of any other type none. */
export function restoredView(type: string, options: readonly string[]): readonly string[] {
  if (!hasNoOwners(type)) return [];
  const view = viewOptions(type, options);
  return view.some((option) => /^[ufd]mask=/.test(option)) ? view : [USUAL_VIEW, ...view];
}

/** Owners that fstab names, and that nobody saw as numbers: the rescue system doesn't know them. */
export function namedOwners(type: string, options: readonly string[]): readonly string[] {
  if (!hasNoOwners(type)) return [];
  const isNumber = (name: string) => options.some((option) => new RegExp(`^${name}=\\d+$`).test(option));
  return options.filter((option) => {
    const name = /^(uid|gid)=(?!\d+$)/.exec(option)?.[1];
    return name !== undefined && !isNumber(name);
  });
}
