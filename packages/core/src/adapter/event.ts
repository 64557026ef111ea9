/** One line that a command of the adapter printed. */
export interface OutputLine {
  readonly stream: "stdout" | "stderr";
  /** Without the newline; bytes that aren't UTF-8 stand as in `host/bytes.ts`. */
  readonly text: string;
}

/** What a line means. A line that says nothing to bmr gives no event and is in the log all the same. */
export type AdapterEvent =
  | { readonly is: "progress"; readonly objects?: number; readonly bytes?: number; readonly path?: string }
  /** `path` is what it is about, where it names a file. */
  | {
      readonly is: "message";
      readonly severity: "note" | "warning" | "error";
      readonly text: string;
      readonly path?: string;
    }
  /** A total at the end. */
  | { readonly is: "total"; readonly of: "objects" | "bytes" | "failed"; readonly count: number }
  /** The product asks for something and waits. */
  | { readonly is: "prompt"; readonly text: string };

/** The totals and messages of a run, gathered from its events. */
export interface Counters {
  readonly objects: number | null;
  readonly bytes: number | null;
  readonly failed: number | null;
  readonly warnings: number;
  readonly errors: number;
}

/** Counters that have counted nothing. */
export const NO_COUNTERS: Counters = { objects: null, bytes: null, failed: null, warnings: 0, errors: 0 };

/** The counters after one more event. */
export function count(counters: Counters, event: AdapterEvent): Counters {
  if (event.is === "total") return { ...counters, [event.of]: (counters[event.of] ?? 0) + event.count };
  if (event.is !== "message" || event.severity === "note") return counters;
  return event.severity === "warning"
    ? { ...counters, warnings: counters.warnings + 1 }
    : { ...counters, errors: counters.errors + 1 };
}
