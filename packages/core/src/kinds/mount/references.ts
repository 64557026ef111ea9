import type { References, Rewrite } from "../../references/reference-source.js";

/** Where mounts name disks. */
export const mountReferences: References = {
  files: () => [
    { paths: ["/etc/fstab", "/etc/fstab.d/*"], needed: true, syntax: "fstab" },
    {
      paths: ["mount", "swap", "automount", "service"].flatMap((type) => [
        `/etc/systemd/system/*.${type}`,
        `/etc/systemd/system/*.${type}.d/*.conf`,
      ]),
      needed: true,
    },
  ],
  syntaxes: { fstab: rewriteFstab },
};

/** All but the second field of each line, the mount point: a directory may be called after the disk that it was made for. */
function rewriteFstab(text: string, rename: Parameters<Rewrite>[1]): string {
  return text.replace(/^([ \t]*[^#\s]\S*[ \t]+)(\S+)(.*)$|^.*$/gm, (line, spec, at, rest) =>
    at === undefined ? rename(line) : `${rename(spec)}${at}${rename(rest)}`,
  );
}
