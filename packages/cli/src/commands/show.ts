import { renderBmrCommands, renderPicture, renderTree } from "@bmr/core";
import { EXIT } from "../exit.js";
import type { Io } from "../io.js";
import { openSet, recordedLayout, type SetChoice } from "../recovery-set.js";

/** What `bmr show` was asked. */
export interface ShowRequest {
  readonly set: SetChoice;
  readonly as: "tree" | "commands" | "svg" | "json";
  readonly ascii: boolean;
}

/** Shows what a recovery set holds. */
export async function showCommand(io: Io, request: ShowRequest): Promise<number> {
  const set = await openSet(io, request.set);
  const { layout, plan } = set;
  switch (request.as) {
    case "tree":
      io.out(renderTree(recordedLayout(set), { ascii: request.ascii }));
      break;
    case "commands":
      io.out(renderBmrCommands(plan));
      break;
    case "svg":
      io.out(renderPicture(layout));
      break;
    case "json":
      io.out(`${JSON.stringify({ schemaVersion: 1, layout, plan, findings: plan.findings }, null, 2)}\n`);
  }
  return EXIT.done;
}
