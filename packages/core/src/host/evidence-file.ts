import * as z from "zod";
import { BmrError } from "../error.js";
import type { Evidence, LinkRecord } from "./evidence.js";
import { checked, recordFromDisk, recordToDisk } from "./evidence-records.js";

/** Each record is checked by itself: an array of unknowns would be gone through once more for nothing. */
const records = z.custom<readonly unknown[]>(Array.isArray, "expected an array of records");

const EvidenceOnDisk = z.strictObject({
  format: z.literal("bmr-evidence"),
  version: z.literal(1),
  host: z.strictObject({ name: z.string(), arch: z.string() }),
  commands: records,
  files: records,
  links: records,
});

/**
 * Evidence from the text of its file. A file is better read by `readEvidenceFile`, which holds no such text.
 *
 * @throws BmrError `evidence-invalid`: it isn't whole JSON, of another version, or not of the shape; `details.path`
 * is the place of the first problem, `files[17].content`
 */
export function readEvidence(text: string): Evidence {
  const value = parseJson(text);
  refuseOthers(value);
  const { commands, files, links, ...rest } = checked(EvidenceOnDisk, value, "");
  return {
    ...rest,
    commands: commands.map(recordFromDisk.commands),
    files: files.map(recordFromDisk.files),
    links: links.map(recordFromDisk.links),
  };
}

/** Evidence as the text of its file, one record a line. */
export function writeEvidence(evidence: Evidence): string {
  const array = (records: readonly unknown[]) =>
    records.length === 0 ? "[]" : `[\n${records.map((record) => JSON.stringify(record)).join(",\n")}\n]`;
  return `{"format": "bmr-evidence", "version": 1,
"host": ${JSON.stringify(evidence.host)},
"commands": ${array(evidence.commands.map(recordToDisk.commands))},
"files": ${array(evidence.files.map(recordToDisk.files))},
"links": ${array(evidence.links satisfies readonly LinkRecord[])}}
`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const end = text.trimEnd().endsWith("}") ? "" : "; it ends in the middle, so it was probably cut off";
    throw new BmrError("evidence-invalid", `this evidence isn't JSON${end}: ${(cause as Error).message}`, {
      details: { path: "" },
      cause,
    });
  }
}

/** The two mistakes that deserve their own words: another file altogether, and a newer bmr's. */
function refuseOthers(value: unknown): void {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== "bmr-evidence") {
    throw new BmrError("evidence-invalid", 'this is no evidence of bmr: it lacks "format": "bmr-evidence"', {
      details: { path: "format" },
    });
  }
  if (version !== 1) {
    throw new BmrError(
      "evidence-invalid",
      `this evidence is of version ${JSON.stringify(version)}, and this bmr reads version 1: use the bmr that wrote it`,
      { details: { path: "version" } },
    );
  }
}
