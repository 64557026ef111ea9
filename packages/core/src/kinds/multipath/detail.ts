import * as z from "zod";

/** What only the multipath kind knows of a map. */
export interface MapDetail {
  readonly wwid: string;
  /** Whether it had a name of its own (`mpatha`) and not just its WWID. */
  readonly friendlyName: boolean;
  /** Vendor and product, `IBM,2107900`; null where neither multipathd nor multipath told. */
  readonly product: string | null;
  readonly features: string | null;
  readonly hardwareHandler: string | null;
  /** The path selectors of its groups, `service-time 0`. */
  readonly policies: readonly string[];
}

/** Checks a map's detail read from a file. */
export const MapDetailSchema: z.ZodType<MapDetail> = z.object({
  wwid: z.string(),
  friendlyName: z.boolean(),
  product: z.string().nullable(),
  features: z.string().nullable(),
  hardwareHandler: z.string().nullable(),
  policies: z.array(z.string()),
});

/** One file of multipath's configuration. */
export interface ConfigurationFile {
  readonly path: string;
  readonly content: string;
}

/** multipath's configuration of the machine: what layout.config.multipath holds. */
export interface MultipathConfig {
  /** multipath.conf, its directory's pieces, bindings and wwids, as far as they are there. */
  readonly files: readonly ConfigurationFile[];
}

/** Checks a configuration read from a file. */
export const MultipathConfigSchema: z.ZodType<MultipathConfig> = z.object({
  files: z.array(z.object({ path: z.string(), content: z.string() })),
});
