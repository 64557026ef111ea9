import { compareFields, type Difference } from "./compare-fields.js";
import type { Field } from "./fields.js";
import type { Mount } from "./layout.js";

/** Compares the recorded mounts of this machine's own filesystems with those that are there now. */
export function compareMounts(
  recorded: readonly Mount[],
  now: readonly Mount[],
  fields: readonly Field[],
): Difference[] {
  const found = new Map(now.map((mount) => [mountKey(mount), mount]));
  return recorded
    .filter((mount) => mount.source.is === "node" && mount.active)
    .flatMap((was) => {
      const is = found.get(mountKey(was));
      if (is === undefined)
        return [{ subject: was.id, field: "mount", title: "the whole mount", was: was.at, is: null }];
      return compareMount(was, is, fields);
    });
}

/** Compares one mount with what is at its place now. */
export function compareMount(was: Mount, is: Mount, fields: readonly Field[]): Difference[] {
  const rows = fields.filter(({ path }) => path !== "active" || isHeldMounted(was));
  return compareFields(was.id, rows, was, is, "");
}

/** False for what fstab has mounted by hand (`noauto`) or on the first access to it: it comes and goes. */
export function isHeldMounted({ fstab }: Mount): boolean {
  return !(fstab?.options ?? []).some(
    (option) => option === "noauto" || /^(x-|comment=)systemd\.automount$/.test(option),
  );
}

/** By place; a second line of fstab for a place by what it names, since the numbers of lines change. */
export function mountKey({ id, at, fstab }: Mount): string {
  return id.startsWith("fstab:") ? `fstab ${at} ${fstab?.spec}` : id;
}
