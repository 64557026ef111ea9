import * as z from "zod";

/** What a site says about its Storage Protect (TSM) client: `adapterOptions` in the settings. */
export interface TsmOptions {
  /** The stanza of dsm.sys that names the server (`-servername`); the first `SErvername` of dsm.opt otherwise. */
  readonly serverName?: string | undefined;
  /** The client's options file in the rescue system (`-optfile`), where it isn't the default dsm.opt. */
  readonly optionsFile?: string | undefined;
  /** The directory with dsm.sys and the message catalogue (`DSM_DIR`), where the client isn't in its usual place. */
  readonly clientDirectory?: string | undefined;
  /** Where dsmerror.log goes (`DSM_LOG`); it must be writable in the rescue system. @default "/var/log" */
  readonly logDirectory?: string | undefined;
  /** The node whose files these are, where the rescue system logs on as another one with proxy authority. */
  readonly asNode?: string | undefined;
  /**
   * The locale that file names were backed up in. In another one the client leaves names out that it can't read
   * (ANS1154E, ANS4042E). @default "en_US.UTF-8"
   */
  readonly locale?: string | undefined;
  /**
   * How the client gets the node's password in the rescue system: it is `stored` there, or the client `ask`s for it
   * once at the terminal, and stores it (`passwordaccess generate`). bmr never sees it. @default "stored"
   */
  readonly password?: "stored" | "ask" | undefined;
  /** Directories that the site made file spaces of their own (`virtualmountpoint`), absolute. */
  readonly virtualMountPoints?: readonly string[] | undefined;
  /**
   * Mount points whose filesystems aren't in TSM on purpose (databases with a backup of their own): nothing is
   * restored there. Never `/` nor `/boot`.
   */
  readonly notSaved?: readonly string[] | undefined;
}

const Name = z.string().regex(/^[A-Za-z0-9_.+&-]+$/, "is no name of a node or server: letters, digits and _.-+& only");
const Path = z
  .string()
  .regex(/^(\/[^/\0]+)+$/, "is no absolute path, or ends in a slash")
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "climbs");

/** File spaces without which no server boots. */
const ALWAYS_SAVED: readonly string[] = ["/", "/boot"];

/** Checks {@link TsmOptions}. */
export const TsmOptionsSchema: z.ZodType<TsmOptions> = z.strictObject({
  serverName: Name.optional(),
  optionsFile: Path.optional(),
  clientDirectory: Path.optional(),
  logDirectory: Path.optional(),
  asNode: Name.optional(),
  locale: z
    .string()
    .regex(/^[A-Za-z0-9_.@-]+$/, "is no locale")
    .optional(),
  password: z.enum(["stored", "ask"]).optional(),
  virtualMountPoints: z.array(Path).optional(),
  notSaved: z
    .array(z.string().startsWith("/"))
    .refine((paths) => !paths.some((path) => ALWAYS_SAVED.includes(path)), "the server can't boot without / and /boot")
    .optional(),
});
