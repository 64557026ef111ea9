const started = Date.now();

/** Prints one plain line with the time since the program started: also readable in a CI log. */
export function progress(text: string): void {
  process.stdout.write(`${clock(Date.now() - started)}  ${text}\n`);
}

/** Milliseconds as `m:ss`. */
export function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
