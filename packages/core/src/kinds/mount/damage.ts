import type { ProbeHost } from "../../host/host.js";
import type { Finding } from "../../layout/finding.js";
import type { ShownMount } from "./binds.js";
import type { MountFacts } from "./facts.js";
import { isReadOnly } from "./options.js";

/** Directories without which there is no installed system. */
const NEEDED = ["/etc", "/usr"] as const;

/** Those of the directories that a system needs which are missing or hold nothing; none where nobody could look. */
export async function emptyDirectories(host: ProbeHost): Promise<readonly string[]> {
  const listed = await Promise.all(NEEDED.map(async (path) => ({ path, list: await host.list(path) })));
  return listed
    .filter(({ list }) => list.is === "absent" || (list.is === "directory" && list.names.length === 0))
    .map(({ path }) => path);
}

/** A backup of a root that was emptied would take the place of the last good one. */
export function emptyRootFindings({ emptyDirectories }: MountFacts): Finding[] {
  if (emptyDirectories.length === 0) return [];
  const verb = emptyDirectories.length === 1 ? "is" : "are";
  return [
    {
      code: "mount/empty-root",
      severity: "loss",
      message: `${emptyDirectories.join(" and ")} ${verb} missing or empty: the root holds no installed system`,
      remedy: "see what is mounted there, and restore the last good backup",
      holdsBack: true,
    },
  ];
}

/**
 * What shows that the kernel has stopped writing to a filesystem after an error; undefined where nothing does. The
 * filesystem becomes read-only and the mount stays what it was asked to be; a person who remounts it changes both.
 * From Linux 6.15 on ext4 stays as it is and shows a word of its own (fs/ext4/super.c, _ext4_show_options()).
 */
export function whyStopped({ options, superOptions }: ShownMount["mounted"]): string | undefined {
  const word = superOptions.find((option) => option === "emergency_ro" || option === "shutdown");
  if (word !== undefined) return word;
  return isReadOnly(superOptions) && !isReadOnly(options) ? "ro" : undefined;
}
