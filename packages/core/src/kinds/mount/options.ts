/** The options of a mount, one each: a comma inside double quotes (`context="…c1,c2"`) doesn't separate. */
export function splitOptions(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|[^,"]|"(?![^"]*"))+/g)].map((match) => match[0]);
}

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
