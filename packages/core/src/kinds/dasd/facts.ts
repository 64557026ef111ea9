import type { ProbeFailure } from "../../host/probed.js";
import type { DasdView } from "./parse-dasdview.js";
import type { FdasdTable } from "./parse-fdasd.js";
import type { VolumeLabel } from "./parse-label.js";

/** What the channel subsystem says of a DASD: `/sys/bus/ccw/devices/<bus-id>`. Null: the attribute can't be read. */
export interface CcwFact {
  readonly online: boolean | null;
  /** `good`, `boxed`, `no device`, `no path`. */
  readonly availability: string | null;
  /** `ECKD`, `FBA`, `DIAG`; `none` while it is offline. */
  readonly discipline: string | null;
  /** One of PAV: it carries no data of its own, and speeds up its base. */
  readonly alias: boolean | null;
  /** `vendor.serial.ssid.unit`, on z/VM with the minidisk's token behind; empty while it is offline. */
  readonly uid: string | null;
  readonly vendor: string | null;
  /** Extent space efficient: space is given when it is written. */
  readonly ese: boolean | null;
  /** On how many systems it is online. */
  readonly hostAccessCount: number | null;
  /** `none`, `reserved`, `lost`. */
  readonly reservation: string | null;
  /** `primary`, `secondary` or `none` of a copy pair. */
  readonly copyRole: string | null;
  /** The attributes that an administrator can set, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** One DASD, online or not. */
export interface DasdFact {
  /** `0.0.0200`: channel subsystem, subchannel set, device number. */
  readonly busId: string;
  /** The kernel name, `dasda`; null where it has no block device. */
  readonly device: string | null;
  /** Null where the channel subsystem wasn't asked (a recording of something else). */
  readonly ccw: CcwFact | null;
  /** `dasdview -x`; null where there is nothing to ask. */
  readonly view: DasdView | ProbeFailure | null;
  /** `dasdview -l`, for what only its label tells apart: LDL, CMS, FBA. */
  readonly label: VolumeLabel | ProbeFailure | null;
  /** `fdasd -p`, of CDL volumes. */
  readonly table: FdasdTable | ProbeFailure | null;
}

/** What the DASD kind found. */
export interface DasdFacts {
  readonly dasds: readonly DasdFact[];
  /** Whether this is a guest of z/VM, where a uid without a token names the whole pack; null where nobody told. */
  readonly zvm: boolean | null;
}

/** True for an answer, false for a failure and for what wasn't asked. */
export function isAnswer<T extends object>(value: T | ProbeFailure | null): value is T {
  return value !== null && !("reason" in value);
}

/** True for a failure. */
export function isFailure(value: object | null): value is ProbeFailure {
  return value !== null && "reason" in value;
}
