import type * as z from "zod";
import type { Detail } from "./layout.js";

const written = new WeakSet<object>();

/** What only one kind understands, as the layout's plain data. */
export function writeDetail<T extends object>(value: T): Detail {
  const detail = { ...value } as unknown as Detail;
  written.add(detail);
  return detail;
}

/**
 * A detail back by the schema of the kind that wrote it. One that this very process wrote has never been plain text,
 * so it is what its type said, and isn't checked again: a layout of thousands of volumes holds as many details.
 */
export function readDetail<T>(schema: z.ZodType<T>, detail: Detail): T {
  return written.has(detail) ? (detail as unknown as T) : schema.parse(detail);
}
