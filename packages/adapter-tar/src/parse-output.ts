import type { AdapterEvent, OutputLine } from "@bmr/core";
import { PROGRESS, RECORD_BYTES } from "./create.js";
import { fromTar } from "./names.js";

/** What a line of a pipe with tar in it means. */
export function parseOutput({ text }: OutputLine): readonly AdapterEvent[] {
  const progress = PROGRESS_LINE.exec(text)?.[1];
  if (progress !== undefined) return [{ is: "progress", bytes: Number(progress) * RECORD_BYTES }];
  const total = /^Total bytes (?:written|read): (\d+)/.exec(text)?.[1];
  if (total !== undefined) return [{ is: "total", of: "bytes", count: Number(total) }];
  const tar = /^(?:[^:]*\/)?tar: (.+)$/.exec(text)?.[1];
  if (tar !== undefined) return [{ is: "message", ...saidByTar(tar) }];
  return OTHER_PROGRAM.test(text) ? [{ is: "message", severity: "error", text }] : [];
}

const PROGRESS_LINE = new RegExp(`^(?:[^:]*/)?tar: ${PROGRESS} (\\d+)$`);
const OTHER_PROGRAM = /^(?:dd|mv|install|sync|head|tail|cat|ssh|gzip|pigz|zstd|xz|bzip2|pbzip2|lz4|zstd .*): /;

const NOTES = /^(?:socket ignored|file is the archive; not dumped|file is on a different filesystem; not dumped)$/;
const WARNINGS = /^(?:Warning: |file changed as we read it$|File removed before we read it$|File shrank by )/;

interface Said {
  readonly severity: "note" | "warning" | "error";
  readonly text: string;
  readonly path?: string;
}

/** `./name: message`; in a name tar shows colons as `\:`. */
function saidByTar(text: string): Said {
  const [, shown, message] = /^((?:[^\\:]|\\[\s\S])+): (.+)$/.exec(text) ?? [];
  if (shown === undefined || message === undefined || !shown.startsWith("./")) return { severity: "error", text };
  const severity = NOTES.test(message) ? "note" : WARNINGS.test(message) ? "warning" : "error";
  return { severity, text, path: pathOf(shown) };
}

/** The server's path behind a member's name. */
function pathOf(shown: string): string {
  const path = Buffer.from(fromTar(shown)).toString("latin1").slice(1);
  return Buffer.from(path, "latin1").toString("utf8");
}
