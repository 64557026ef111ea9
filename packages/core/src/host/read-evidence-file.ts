import { open, readFile } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { BmrError } from "../error.js";
import type { CommandRecord, Evidence, FileRecord, LinkRecord } from "./evidence.js";
import { readEvidence } from "./evidence-file.js";
import { recordFromDisk } from "./evidence-records.js";

/**
 * Evidence from its file. What bmr writes has one record a line and is read line by line, so that of a large machine's
 * evidence neither the bytes nor the text are ever held whole.
 *
 * @throws BmrError `evidence-invalid`: it can't be read, or what `readEvidence` says of it; `details.path` is the file
 */
export async function readEvidenceFile(path: string): Promise<Evidence> {
  try {
    return (await readByLine(path)) ?? readEvidence(await readFile(path, "utf8"));
  } catch (error) {
    const said = error instanceof BmrError ? error.message : `it can't be read: ${(error as Error).message}`;
    throw new BmrError("evidence-invalid", `${path}: ${said}`, { details: { path }, cause: error });
  }
}

/** Null where that isn't possible, or something is wrong: the file as a whole then says what. */
async function readByLine(path: string): Promise<Evidence | null> {
  const lines = new EvidenceLines();
  try {
    await eachLine(path, (line) => lines.take(line));
    return lines.evidence();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BmrError) return null;
    throw error;
  }
}

/** The lines of evidence, one after another. */
class EvidenceLines {
  private readonly commands: CommandRecord[] = [];
  private readonly files: FileRecord[] = [];
  private readonly links: LinkRecord[] = [];
  /** All but the records that had a line of their own: evidence again, that lacks them. */
  private frame = "";
  /** The list that the last lines were of. */
  private list: "commands" | "files" | "links" | undefined;

  take(line: string): void {
    if (this.list === undefined || !line.startsWith("{")) {
      this.list = /^"(commands|files|links)": \[$/.exec(line)?.[1] as typeof this.list;
      this.frame += `${line}\n`;
      return;
    }
    const record: unknown = JSON.parse(line.endsWith(",") ? line.slice(0, -1) : line);
    const { commands, files, links } = this;
    if (this.list === "commands") commands.push(recordFromDisk.commands(record, commands.length));
    else if (this.list === "files") files.push(recordFromDisk.files(record, files.length));
    else links.push(recordFromDisk.links(record, links.length));
  }

  /** Null where a list has records of both forms, whose order isn't known. */
  evidence(): Evidence | null {
    const rest = readEvidence(this.frame);
    const { commands, files, links } = this;
    if (commands.length + files.length + links.length === 0) return rest;
    if (rest.commands.length + rest.files.length + rest.links.length > 0) return null;
    return { ...rest, commands, files, links };
  }
}

const CHUNK = 1024 * 1024;
const NEWLINE = 0x0a;

/** Hands on each line of a file, without its end. */
async function eachLine(path: string, take: (line: string) => void): Promise<void> {
  const file = await open(path);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const decoder = new StringDecoder("utf8");
    let begun = "";
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK, null);
      if (bytesRead === 0) break;
      const read = chunk.subarray(0, bytesRead);
      let start = 0;
      for (let end = read.indexOf(NEWLINE); end !== -1; end = read.indexOf(NEWLINE, start)) {
        take(start > 0 ? read.toString("utf8", start, end) : begun + decoder.end(read.subarray(0, end)));
        start = end + 1;
      }
      begun = (start > 0 ? "" : begun) + decoder.write(read.subarray(start));
    }
    begun += decoder.end();
    if (begun !== "") take(begun);
  } finally {
    await file.close();
  }
}
