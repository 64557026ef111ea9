/** What multipath says of a map beyond what sysfs shows. */
export interface MapReport {
  readonly wwid: string;
  /** The alias, or the WWID again where it has none. */
  readonly name: string;
  /** Vendor and product, `IBM,2107900`. */
  readonly product: string;
  /** `1 queue_if_no_path`, `0`. */
  readonly features: string;
  /** The hardware handler, `1 alua`, `0`. */
  readonly hardwareHandler: string;
  readonly groups: readonly PathGroup[];
}

/** Paths of one priority. */
export interface PathGroup {
  /** The path selector with its arguments, `service-time 0`. */
  readonly policy: string;
  readonly paths: readonly PathReport[];
}

/** A path as multipath sees it. */
export interface PathReport {
  /** The kernel name; `-` where the device is gone. */
  readonly device: string;
  /** device-mapper's view: `active`, `failed`, `undef`. */
  readonly dmState: string;
  /** The path checker's view: `ready`, `ghost` (a standby path), `faulty`, `shaky`, `undef` …; null where it wasn't said. */
  readonly checker: string | null;
}
