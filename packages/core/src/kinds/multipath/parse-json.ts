import * as z from "zod";
import { known, type Parsed } from "../../host/probed.js";
import type { MapReport } from "./report.js";

/** The fields that are read of `multipathd show maps json` (libmultipath/print.c, 0.7.0 and later); more have come since. */
const MapsSchema = z.object({
  maps: z.array(
    z.object({
      name: z.string(),
      uuid: z.string(),
      features: z.string(),
      hwhandler: z.string(),
      vend: z.string(),
      prod: z.string(),
      path_groups: z.array(
        z.object({
          selector: z.string(),
          paths: z.array(z.object({ dev: z.string(), dm_st: z.string(), chk_st: z.string() })),
        }),
      ),
    }),
  ),
});

/** The maps in the output of `multipathd show maps json`. */
export function parseMapsJson(text: string, source: string): Parsed<readonly MapReport[]> {
  const parsed = MapsSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      is: "unknown",
      failure: {
        reason: "unexpected-output",
        source,
        message: `${source} printed JSON that isn't understood: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
        line: text.slice(0, 200),
      },
    };
  }
  return known(
    parsed.data.maps.map((map) => ({
      wwid: map.uuid,
      name: map.name,
      product: `${map.vend.trim()},${map.prod.trim()}`,
      features: map.features,
      hardwareHandler: map.hwhandler,
      groups: map.path_groups.map((group) => ({
        policy: group.selector,
        paths: group.paths.map((path) => ({ device: path.dev, dmState: path.dm_st, checker: path.chk_st })),
      })),
    })),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
