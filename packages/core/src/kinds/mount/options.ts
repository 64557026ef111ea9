/** The value of the last option of that name, undefined where there is none: `subvol` of `subvol=/@/var`. */
export function optionValue(options: readonly string[], name: string): string | undefined {
  return options
    .findLast((option) => option.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replace(/^"(.*)"$/s, "$1");
}

/** True where the last word on it says read-only: `ro,rw` is read-write. */
export function isReadOnly(options: readonly string[]): boolean {
  return options.findLast((option) => option === "ro" || option === "rw") === "ro";
}
