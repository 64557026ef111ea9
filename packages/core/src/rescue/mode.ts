/** What a run is to do; one command of the CLI each. */
export type Mode = "diskinit" | "mount" | "restore" | "boot" | "umount" | "recover";

/**
 * What may happen to a disk that isn't empty:
 * - `refuse`: it is refused when anything is known to be on it, or nobody knows
 * - `require-empty`: the same, and it must be zeros wherever it is looked at, which finds raw data without a signature
 * - `overwrite`: it is shown and, once confirmed, erased
 */
export type ExistingPolicy = "refuse" | "require-empty" | "overwrite";

/** The policies of a run: one for all disks, and others for single ones (by id or recorded name). */
export interface ExistingPolicies {
  readonly all: ExistingPolicy;
  readonly disks: Readonly<Record<string, ExistingPolicy>>;
}

/** Nothing is erased. */
export const REFUSE_ALL: ExistingPolicies = { all: "refuse", disks: {} };
