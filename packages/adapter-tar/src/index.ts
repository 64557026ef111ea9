/**
 * Backup and restore with GNU tar: to a file, to a file on another host through ssh, or to standard output.
 *
 * @packageDocumentation
 */
import type { BackupAdapter } from "@bmr/core";
import { bootstrap } from "./bootstrap.js";
import { type TarOptions, TarOptionsSchema } from "./options.js";
import { parseOutput } from "./parse-output.js";
import { planBackup } from "./plan-backup.js";
import { planRestore, preflight } from "./plan-restore.js";
import { backupTools, restoreTools } from "./tools.js";

export type { Compressor, TarOptions } from "./options.js";

/** The adapter for GNU tar, `--adapter tar`. */
export const tarAdapter: BackupAdapter<TarOptions> = {
  name: "tar",
  title: "GNU tar",
  optionsSchema: TarOptionsSchema,
  capabilities: () => ({
    mode: "stream",
    pointInTime: "none",
    keeps: {
      numericOwners: "yes",
      acls: "yes",
      xattrs: "yes",
      capabilities: "yes",
      selinux: "yes",
      hardLinks: "yes",
      sparse: "yes",
      devices: "yes",
    },
    restartable: false,
    parallelSafe: false,
  }),
  requiredTools: (options, task) => (task === "backup" ? backupTools(options) : restoreTools(options)),
  bootstrap,
  preflight,
  planRestore,
  planBackup,
  parseOutput,
};
