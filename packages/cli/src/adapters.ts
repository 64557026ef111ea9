import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { tarAdapter } from "@bmr/adapter-tar";
import { tsmAdapter } from "@bmr/adapter-tsm";
import { type BackupAdapter, BmrError } from "@bmr/core";

/** The adapters that come with bmr. They are named here so that the single file holds them. */
const BUNDLED: readonly BackupAdapter[] = [tarAdapter as BackupAdapter, tsmAdapter as BackupAdapter];

/** An adapter with its checked options. */
export interface ChosenAdapter {
  readonly adapter: BackupAdapter;
  readonly options: unknown;
}

/**
 * The adapter of this name, or of this module: a path, or a package, whose default export (or `adapter`) is one.
 *
 * @throws BmrError `adapter-unknown`, `adapter-invalid`, `options-invalid`
 */
export async function chooseAdapter(specifier: string, options: unknown): Promise<ChosenAdapter> {
  const adapter = BUNDLED.find((bundled) => bundled.name === specifier) ?? (await loadAdapter(specifier));
  const parsed = adapter.optionsSchema.safeParse(options);
  if (parsed.success) return { adapter, options: parsed.data };
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "options"}: ${issue.message}`);
  throw new BmrError("options-invalid", `the options of the adapter ${adapter.name} are wrong: ${issues.join("; ")}`, {
    details: { issues },
  });
}

async function loadAdapter(specifier: string): Promise<BackupAdapter> {
  const isPath = isAbsolute(specifier) || specifier.startsWith(".");
  const url = isPath ? pathToFileURL(resolve(specifier)).href : specifier;
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const names = BUNDLED.map((adapter) => adapter.name).join(", ");
    throw new BmrError(
      "adapter-unknown",
      `there is no adapter ${specifier}: ${(cause as Error).message}. Bundled are: ${names}; others by the path of a module`,
      { cause },
    );
  }
  const found = module.default ?? module.adapter;
  if (isAdapter(found)) return found;
  throw new BmrError(
    "adapter-invalid",
    `${specifier} exports no adapter: neither its default export nor "adapter" is one`,
  );
}

function isAdapter(value: unknown): value is BackupAdapter {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Partial<BackupAdapter>;
  return typeof candidate.name === "string" && typeof candidate.planRestore === "function" && "optionsSchema" in value;
}
