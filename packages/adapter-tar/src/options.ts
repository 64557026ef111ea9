import * as z from "zod";

/** What a site says about its backups with tar: `adapterOptions` in the settings. */
export interface TarOptions {
  /**
   * Where the backup goes: a file (`/backup/web1.tar`), a file on another host
   * (`ssh://user@host:22/backup/web1.tar`), or standard output (`-`).
   */
  readonly to: string;
  /**
   * A program that compresses, with its options: `["zstd", "-T0"]`. It must be there in the rescue system too.
   * Without one the backup isn't compressed, and only tar's headers carry a sum of their own.
   */
  readonly compress?: readonly [Compressor, ...string[]] | undefined;
  /**
   * What a file that can't be read makes of the backup: a failure (nothing is published, the last backup stays), or a
   * warning that names it. @default "fail"
   */
  readonly unreadable?: "fail" | "warn" | undefined;
}

/** Programs that take `-d -c`, and that read several compressed streams behind each other as one. */
export const COMPRESSORS: readonly Compressor[] = ["gzip", "pigz", "zstd", "xz", "bzip2", "pbzip2", "lz4"];

/** A program that can compress a backup. */
export type Compressor = "gzip" | "pigz" | "zstd" | "xz" | "bzip2" | "pbzip2" | "lz4";

/** Where a backup lies. */
export type Place =
  | { readonly is: "file"; readonly path: string }
  | { readonly is: "ssh"; readonly destination: string; readonly port: number | null; readonly path: string }
  | { readonly is: "stream" };

/** A path that needs no quotes in any shell: what runs on the other host is one line of its login shell. */
export const REMOTE_PATH = "/[A-Za-z0-9%+,./:=@^_-]+";

const SSH = new RegExp(
  `^ssh://(?<destination>(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*)(?::(?<port>[0-9]{1,5}))?(?<path>${REMOTE_PATH})$`,
);

/** Reads the option `to`; undefined where it is none of the three forms. */
export function placeOf(to: string): Place | undefined {
  if (to === "-") return { is: "stream" };
  if (isFilePath(to)) return { is: "file", path: to };
  const found = SSH.exec(to)?.groups;
  if (found === undefined || isDirectory(found.path as string)) return undefined;
  const port = found.port === undefined ? null : Number(found.port);
  if (port !== null && (port === 0 || port > 65_535)) return undefined;
  return { is: "ssh", destination: found.destination as string, port, path: found.path as string };
}

function isFilePath(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && !isDirectory(path);
}

/** A path that ends in `/`, or that climbs: names no file. */
function isDirectory(path: string): boolean {
  return path.endsWith("/") || path.split("/").some((part) => part === "." || part === "..");
}

/** Checks {@link TarOptions}. */
export const TarOptionsSchema: z.ZodType<TarOptions> = z.strictObject({
  to: z.string().refine((to) => placeOf(to) !== undefined, {
    message:
      'is neither "-", nor the path of a file, nor ssh://user@host[:port]/path with a path of letters, digits and %+,./:=@^_-',
  }),
  compress: z.tuple([z.enum(COMPRESSORS)], z.string().regex(/^-[^\0]*$/, "is no option")).optional(),
  unreadable: z.enum(["fail", "warn"]).optional(),
});
