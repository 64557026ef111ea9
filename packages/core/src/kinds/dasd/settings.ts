/**
 * The attributes of a DASD that an administrator sets, with the driver's default (s390-tools, zdev/src/dasd.c; the kernel's
 * Documentation/arch/s390). `expires` and `retries` depend on the kind of disk, and have none here.
 */
const DEFAULTS: Readonly<Record<string, string | null>> = {
  failfast: "0",
  readonly: "0",
  erplog: "0",
  use_diag: "0",
  raw_track_access: "0",
  eer_enabled: "0",
  timeout: "0",
  reservation_policy: "ignore",
  aq_mask: "0",
  aq_requeue: "0",
  aq_timeouts: "32768",
  expires: null,
  retries: null,
};

/** Names of the attributes. */
export const SETTINGS: readonly string[] = Object.keys(DEFAULTS);

/** Those that differ from the driver's default. What has no fixed default is left to the driver. */
export function changedSettings(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => {
      const usual = DEFAULTS[name];
      return usual !== null && usual !== undefined && value !== usual;
    }),
  );
}
