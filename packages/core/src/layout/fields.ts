/**
 * One row of a kind's table of fields: what is kept, how it is known, and when it must hold. compare, verify, check
 * and the docs page "what is kept" read these rows.
 */
export interface Field {
  /** Where the field is: on a node, its content, a mount, or in the kind's configuration of the machine. */
  readonly of: "node" | "content" | "mount" | "config";
  /** A path of names into it: `bytes`, `detail.reservedBlocks`. */
  readonly path: string;
  /** For people: `Reserved block count`. */
  readonly title: string;
  /** How it is known: `dumpe2fs -h: Reserved block count`. */
  readonly source: string;
  /**
   * From when on a rebuilt server must show the recorded value:
   * - `diskinit`: once the disks are rebuilt
   * - `restore`: once the files are back and mounted
   * - `never`: recorded, and not promised (mount counts, kernel names, path counts)
   */
  readonly holds: "diskinit" | "restore" | "never";
  /**
   * Whether a change of it on the healthy server is drift, so that the recorded set no longer fits: where this isn't
   * given, what holds is drift, and what never holds isn't.
   */
  readonly drift?: boolean;
  /** Of a configuration: a scan that finds nothing any more where there was something has lost a part of the server. */
  readonly guarded?: true;
  /** Why, where that isn't plain. */
  readonly note?: string;
}

/** Whether `check` tells of a change of it. */
export function isDrift(field: Field): boolean {
  return field.drift ?? field.holds !== "never";
}

/** What compare and the docs need of a kind. */
export interface FieldSource {
  readonly kind: string;
  readonly fields: readonly Field[];
}
