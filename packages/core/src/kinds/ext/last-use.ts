import { readDetail } from "../../layout/detail.js";
import type { Detail } from "../../layout/layout.js";
import { ExtDetailSchema } from "./detail.js";

/**
 * When and where an ext filesystem was last mounted, as its superblock says. The kernel writes both when it is mounted
 * read-write; the time is in the local time of the machine that looked.
 */
export function extLastUse(detail: Detail): string | null {
  const { superblock } = readDetail(ExtDetailSchema, detail);
  if (superblock === null) return null;
  const { lastMounted, lastMountedOn } = superblock;
  if (lastMounted === null && lastMountedOn === null) return "never mounted";
  return `last mounted${lastMountedOn === null ? "" : ` on ${lastMountedOn}`}${lastMounted === null ? "" : `, ${lastMounted}`}`;
}
