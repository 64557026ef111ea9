/**
 * Restore and backup with IBM Storage Protect (Tivoli Storage Manager), by its command line client `dsmc`.
 *
 * @packageDocumentation
 */
import type { BackupAdapter } from "@bmr/core";
import { bootstrap } from "./bootstrap.js";
import { type TsmOptions, TsmOptionsSchema } from "./options.js";
import { parseOutput } from "./parse-output.js";
import { planBackup } from "./plan-backup.js";
import { planRestore, preflight } from "./plan-restore.js";
import { backupTools, restoreTools } from "./tools.js";

export type { TsmOptions } from "./options.js";

/** The adapter for IBM Storage Protect, `--adapter tsm`. */
export const tsmAdapter: BackupAdapter<TsmOptions> = {
  name: "tsm",
  title: "IBM Storage Protect (TSM)",
  optionsSchema: TsmOptionsSchema,
  capabilities: () => ({
    mode: "per-filesystem",
    pointInTime: "date",
    keeps: {
      numericOwners: "yes",
      // both depend on the option skipacl of the site's client
      acls: "unknown",
      xattrs: "unknown",
      capabilities: "unknown",
      // reported not to be usable after a restore (rear#650, rear#2716)
      selinux: "no",
      hardLinks: "yes",
      sparse: "yes",
      devices: "yes",
    },
    restartable: true,
    parallelSafe: false,
  }),
  requiredTools: (_options, task) => (task === "backup" ? backupTools() : restoreTools()),
  bootstrap,
  preflight,
  planRestore,
  planBackup,
  parseOutput,
};
