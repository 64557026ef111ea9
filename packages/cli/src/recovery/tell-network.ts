import { type Machine, networkFindings } from "@bmr/core";
import { fold } from "../fold.js";
import type { Io } from "../io.js";

/** Says which network devices the server had that aren't here, and where that may matter. */
export function tellNetwork(io: Io, recorded: Machine, here: Machine): void {
  for (const { message, remedy } of networkFindings(recorded.network, here.network)) {
    io.say(fold(message, 2));
    if (remedy !== undefined) io.say(fold(`  -> ${remedy}`, 5));
  }
}
