import type { RunEvent, RunReport } from "@bmr/core";
import { quotePosix } from "@bmr/core";
import type { Io } from "./io.js";

/** Tells a run on plain lines: nothing is repainted, so it reads the same on a 3270 and in a file. */
export function tellProgress(io: Io, verbose: boolean): (event: RunEvent) => void {
  return (event) => {
    switch (event.is) {
      case "step-started":
        return io.say(`[${event.number}/${event.of}] ${event.step.title}`);
      case "step-skipped":
        return io.say(`      skipped: ${event.step.title} (${event.why})`);
      case "command":
        return verbose
          ? io.say(`      $ ${event.argvs.map((argv) => argv.map(quotePosix).join(" ")).join(" | ")}`)
          : undefined;
      case "write":
        return verbose ? io.say(`      writes ${event.path}`) : undefined;
      case "line":
        return verbose ? io.say(`      ${event.stream === "stderr" ? "! " : "  "}${event.text}`) : undefined;
      case "attempt-failed":
        return io.say(`      try ${event.attempt} of ${event.of} failed: ${event.why}`);
      case "step-done":
        for (const reason of event.warnings) io.say(`      warning: ${reason.message}`);
        return event.seconds >= 1 ? io.say(`      done in ${Math.round(event.seconds)} s`) : undefined;
      case "step-failed":
        return io.say(`      FAILED: ${event.error.message}`);
      case "stopping":
        return io.say(event.ends ? "      stopping it" : "      stops once this step is done; again: at once");
    }
  };
}

/** What a run did, in the end: and what state the disks are in where it didn't get to its end. */
export function tellReport(io: Io, report: RunReport): void {
  const count = (is: string) => report.steps.filter((step) => step.is === is).length;
  io.say(`${count("done")} steps done, ${count("skipped")} skipped, ${count("failed")} failed`);
  if (report.is === "done") return;
  for (const disk of report.disks) io.say(`  ${disk.path}: ${disk.is}`);
  if (report.error !== undefined) io.say(report.error.message);
}
