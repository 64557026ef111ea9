/** A whole adapter for a backup product that restores one filesystem with one command. docs/write-an-adapter.md explains it. */
import { type BackupAdapter, stepId } from "@bmr/core";
import * as z from "zod";

interface Options {
  readonly repository: string;
}

const adapter: BackupAdapter<Options> = {
  name: "example",
  title: "Example Backup",
  optionsSchema: z.strictObject({ repository: z.string().min(1) }),
  capabilities: () => ({
    mode: "per-filesystem",
    pointInTime: "id",
    keeps: {
      numericOwners: "yes",
      acls: "yes",
      xattrs: "yes",
      capabilities: "yes",
      selinux: "unknown",
      hardLinks: "yes",
      sparse: "yes",
      devices: "yes",
    },
    restartable: true,
    parallelSafe: false,
  }),
  requiredTools: () => [{ tool: "example", where: "rescue", package: "example-backup" }],
  bootstrap: ({ options, setDirectory }) => ({
    title: `Get ${setDirectory} back`,
    commands: [{ do: "exec", argv: ["example", "restore", options.repository, "latest", setDirectory, "/"] }],
    remarks: ["The repository's key has to be at hand."],
  }),
  planRestore: ({ options, scope }) => ({
    params: [{ name: "snapshot", title: "Snapshot to restore", pattern: "latest|[0-9a-f]{8,64}", default: "latest" }],
    steps: scope.filesystems.map(({ at }) => ({
      id: stepId("restore", `example-${at}`),
      title: `Restore ${at}`,
      why: "its filesystem is mounted below the target by now",
      phase: "restore",
      run: [
        { do: "exec", argv: ["example", "restore", options.repository, { param: "snapshot" }, at, { target: at }] },
      ],
      destroys: [],
      before: [{ is: "mounted", at: { target: at }, device: null }],
      done: [],
      outcome: {
        exits: { "0": "ok", "1": "warnings" },
        messages: [{ pattern: "wrong password", means: "needs-operator", remedy: "have the key at hand" }],
        atLeast: { pattern: "^restored ([0-9]+) files", objects: 1 },
      },
      needs: ["phase:mount"],
      provides: [],
    })),
  }),
};

export default adapter;
