/** Whether a product keeps something: `unknown` where it depends on the site and nobody has tried. */
export type Keeps = "yes" | "no" | "unknown";

/** What a backup product can do, as far as bmr's order of things depends on it. */
export interface Capabilities {
  /**
   * - `per-filesystem`: one command for each filesystem (dsmc)
   * - `stream`: one ordered stream of all filesystems (tar)
   * - `job`: a job is started on a server and polled until it ends
   * - `attended`: someone does it elsewhere and says when it is done
   */
  readonly mode: "per-filesystem" | "stream" | "job" | "attended";
  /** Whether an older state than the last can be asked for, and how it is named. */
  readonly pointInTime: "none" | "date" | "id";
  readonly keeps: {
    readonly numericOwners: Keeps;
    readonly acls: Keeps;
    readonly xattrs: Keeps;
    /** File capabilities, the xattr security.capability. */
    readonly capabilities: Keeps;
    readonly selinux: Keeps;
    readonly hardLinks: Keeps;
    readonly sparse: Keeps;
    readonly devices: Keeps;
  };
  /** An interrupted restore can go on where it stopped. */
  readonly restartable: boolean;
  /** Restores of different filesystems may run side by side without loss. */
  readonly parallelSafe: boolean;
}
