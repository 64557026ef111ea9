import { readFile } from "node:fs/promises";
import { BmrError } from "@bmr/core";
import * as z from "zod";

/** The settings of a site, /etc/bmr.json. A flag wins over what stands here. */
export interface Settings {
  /** The recovery set's directory; /etc/BMR otherwise. */
  readonly set?: string | undefined;
  /** Where the server's file tree is mounted for a restore; /mnt/a otherwise. */
  readonly target?: string | undefined;
  /** The adapter of the backup product: `tar`, or a module's path. */
  readonly adapter?: string | undefined;
  /** The adapter's own options, checked by its schema. */
  readonly adapterOptions?: Readonly<Record<string, unknown>> | undefined;
  /** A private SSH key without a passphrase, with which the recovery set is signed. */
  readonly signingKey?: string | undefined;
  /** A public key, or a file of allowed signers: a recovery set that it didn't sign is refused. */
  readonly trust?: string | undefined;
}

export const SettingsSchema: z.ZodType<Settings> = z.strictObject({
  set: z.string().startsWith("/").optional(),
  target: z.string().startsWith("/").optional(),
  adapter: z.string().min(1).optional(),
  adapterOptions: z.record(z.string(), z.unknown()).optional(),
  signingKey: z.string().startsWith("/").optional(),
  trust: z.string().startsWith("/").optional(),
});

/** Where the settings lie unless `--config` says otherwise. */
export const SETTINGS_FILE = "/etc/bmr.json";

/** Reads the settings; none where the default file doesn't exist. A file edited elsewhere may have CRLF and a BOM. */
export async function readSettings(path: string | undefined): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(path ?? SETTINGS_FILE, "utf8");
  } catch (cause) {
    if (path === undefined && (cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new BmrError("usage", `the settings ${path ?? SETTINGS_FILE} can't be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  return parseSettings(text, path ?? SETTINGS_FILE);
}

function parseSettings(text: string, path: string): Settings {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new BmrError("usage", `the settings ${path} are no JSON: ${(cause as Error).message}`, { cause });
  }
  const result = SettingsSchema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BmrError(
    "usage",
    `the settings ${path} are wrong at ${issue?.path.join(".") || "the top"}: ${issue?.message}`,
  );
}
