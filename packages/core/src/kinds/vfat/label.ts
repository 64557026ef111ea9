/**
 * Why mkfs.vfat can't write this label, for people; null where it can. The library has its rules for all versions: those
 * of dosfstools 4.2 (mkfs.fat.c, validate_volume_label()), and without a locale it takes ASCII only, while the
 * bytes on the disk mean a character of some DOS codepage that is recorded nowhere.
 */
export function labelFault(label: string): string | null {
  if (/[^\x20-\x7e]/.test(label)) return "it has characters that aren't printable ASCII";
  if (/[*?.,;:/\\|+=<>[\]"]/.test(label)) return 'it has one of the characters *?.,;:/\\|+=<>[]"';
  if (label.startsWith(" ")) return "it begins with a blank";
  if (label === "NO NAME") return "mkfs.vfat takes that for no label";
  return label.length > 11 ? "it is longer than 11 characters" : null;
}

/** The label that is made; null for none. */
export function madeLabel(label: string | null): string | null {
  return label === null || labelFault(label) !== null ? null : label;
}
