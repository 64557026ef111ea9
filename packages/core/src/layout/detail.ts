import type * as z from "zod";
import { BmrError } from "../error.js";
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
 *
 * @throws BmrError `layout-invalid` with `details.issues`
 */
export function readDetail<T>(schema: z.ZodType<T>, detail: Detail): T {
  if (written.has(detail)) return detail as unknown as T;
  const parsed = schema.safeParse(detail);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "all of it"}: ${message}`);
  const told = issues.slice(0, 5).join("; ");
  throw new BmrError("layout-invalid", `the layout holds a detail that its kind doesn't understand: ${told}`, {
    details: { issues },
  });
}
