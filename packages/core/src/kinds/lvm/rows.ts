import type { Allocation } from "./facts.js";
import type { Row } from "./report.js";

/** A value that isn't what LVM prints there. */
export class RowError extends Error {
  override readonly name = "RowError";
  readonly row: Row;

  constructor(row: Row, message: string) {
    super(message);
    this.row = row;
  }
}

/** A column that has to be there, with something in it. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined || value === "") throw new RowError(row, `${column} is empty`);
  return value;
}

/** A column's text; null where it wasn't recorded, empty where LVM has nothing to say. */
export function optional(row: Row, column: string): string | null {
  return row[column] ?? null;
}

/** A number; null where it wasn't recorded or LVM leaves it empty. */
export function count(row: Row, column: string): number | null {
  const value = row[column];
  if (value === undefined || value === "") return null;
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) {
    throw new RowError(row, `${column} is no number of bytes or things: ${value}`);
  }
  return Number(value);
}

/** A number that has to be there. */
export function number(row: Row, column: string): number {
  const value = count(row, column);
  if (value === null) throw new RowError(row, `${column} is empty`);
  return value;
}

/** Tags; null where they weren't recorded. */
export function tags(row: Row, column: string): readonly string[] | null {
  const value = row[column];
  if (value === undefined) return null;
  return value.split(",").filter(Boolean).sort();
}

/** A row of letters, at least so long. */
export function letters(row: Row, column: string, least: number): string {
  const value = text(row, column);
  if (value.length < least) throw new RowError(row, `${column} has less than ${least} letters: ${value}`);
  return value;
}

const ALLOCATIONS: Readonly<Record<string, Allocation>> = {
  c: "contiguous",
  l: "cling",
  n: "normal",
  a: "anywhere",
  i: "inherit",
};

/** The policy behind its letter; a capital says that it is locked for the time of a pvmove. */
export function allocation(row: Row, letter: string | undefined): Allocation {
  const found = ALLOCATIONS[letter?.toLowerCase() ?? ""];
  if (found === undefined) throw new RowError(row, `there is no allocation policy ${letter}`);
  return found;
}
