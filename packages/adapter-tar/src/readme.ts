import type { AdapterContext, BackupContext } from "@bmr/core";
import { INDEX, markOf, OWN } from "./names.js";
import type { TarOptions } from "./options.js";
import { MARK_BYTES } from "./place.js";

/** What the stream says of itself, for a person who has it and nothing else. */
export function readmeText(context: BackupContext<TarOptions>): string {
  const { hostname } = context.layout.machine;
  return `This is a backup of ${JSON.stringify(hostname)}, begun at ${context.startedAt}, made by bmr with GNU tar.

It is a row of tar archives behind each other, ${compression(context.options)}:
  1. this text, and the recovery set ${JSON.stringify(context.setDirectory)} (how the disks are rebuilt: read BMRcmds in it)
  2. all files: ${context.scope.filesystems.map(({ at }) => JSON.stringify(at)).join(", ")}
  3. ${INDEX}: one line for each member of 2; "block N" times 512 is its offset in 2
  4. ${markOf(hostname)}: the last ${MARK_BYTES} bytes, never compressed. A backup without it is cut off.

The recovery set alone:    ${reader(context.options)}tar -x -p -f - -C / .${context.setDirectory}
All files, below /mnt/a, once the filesystems are mounted there (--ignore-zeros goes on to the next archive):
  ${reader(context.options)}tar -x -i -p --same-owner --numeric-owner --acls --xattrs --xattrs-include='*' -f - -C /mnt/a
It is all there when the mark is: /mnt/a${markOf(hostname).slice(1)}. This directory is no part of the server:
  rm -r /mnt/a${OWN.slice(1)}
`;
}

function compression(options: AdapterContext<TarOptions>["options"]): string {
  if (options.compress === undefined) return "not compressed";
  return `each of the first three compressed by ${options.compress[0]}`;
}

function reader(options: TarOptions): string {
  return options.compress === undefined
    ? "cat BACKUP | "
    : `head -c -${MARK_BYTES} BACKUP | ${options.compress[0]} -d -c | `;
}
