import * as z from "zod";
import type { Machine } from "../layout/layout.js";
import { MachineSchema } from "../layout/layout-schema.js";
import { nameFault } from "./set-name.js";

/** One file of a recovery set. */
export interface ManifestFile {
  readonly name: string;
  readonly bytes: number;
  /** Of its content, as hex digits. */
  readonly sha256: string;
}

/** What a recovery set holds, of which machine, made when and by what: `manifest.json`. */
export interface Manifest {
  readonly format: "bmr-recovery-set";
  readonly version: 1;
  /** The program that wrote it. */
  readonly tool: { readonly name: string; readonly version: string };
  readonly machine: Machine;
  /** When the machine was looked at, ISO 8601 in UTC. */
  readonly time: string;
  /** All files but the manifest itself, sorted by name. */
  readonly files: readonly ManifestFile[];
}

/** The manifest's own name. */
export const MANIFEST = "manifest.json";

/** The name of its signature, where the set is signed: not a member itself, since the sums are known before it is made. */
export const SIGNATURE = "manifest.json.sig";

/** Checks a manifest read from a file. */
export const ManifestSchema: z.ZodType<Manifest> = z.strictObject({
  format: z.literal("bmr-recovery-set"),
  version: z.literal(1),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  machine: MachineSchema,
  time: z.iso.datetime(),
  files: z.array(
    z.strictObject({
      name: z.string().superRefine((name, context) => {
        const message = nameFault(name);
        if (message !== null) context.addIssue({ code: "custom", message });
      }),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, "is no sha256"),
    }),
  ),
});
