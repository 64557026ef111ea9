import type { Action, AdapterContext, Bootstrap, PlannedCommand } from "@bmr/core";
import { memberOf } from "./names.js";
import { type Place, placeOf, type TarOptions } from "./options.js";
import { pipe, readByHand } from "./place.js";

/** The recovery set is in the first archive of the stream: tar stops after it, and what feeds tar ends with it. */
export function bootstrap(context: AdapterContext<TarOptions>): Bootstrap {
  const place = placeOf(context.options.to) as Place;
  const before = readByHand(context.options, place);
  const file = place.is === "file" ? place.path : place.is === "stream" ? "/dev/stdin" : undefined;
  const extract: PlannedCommand = {
    argv: ["tar", "-x", "-p", "-f", "-", "-C", "/", "--no-unquote", "--", memberOf(context.setDirectory)],
  };
  const [first = extract, ...rest] = before;
  const opened = file === undefined ? first : { ...first, stdin: { file } };
  const command: Action = before.length === 0 ? { do: "exec", ...opened } : pipe([opened, ...rest, extract]);
  return {
    title: `Get ${context.setDirectory} back from the tar backup`,
    commands: [command],
    remarks: remarks(context, place),
  };
}

function remarks(context: AdapterContext<TarOptions>, place: Place): string[] {
  const { hostname } = context.layout.machine;
  const reads = "Only the head of the backup is read; a message of a broken pipe from the other programs is right.";
  switch (place.is) {
    case "file":
      return [
        `The backup of ${hostname} is ${place.path}: mount what it lies on at that place, or name the file where it is.`,
        reads,
      ];
    case "ssh":
      return [
        `The backup of ${hostname} is ${place.path} on ${place.destination}.`,
        "The restore itself asks no question of ssh: have the key and the host key in place (~/.ssh) before it.",
        reads,
      ];
    case "stream":
      return [`The backup of ${hostname} was written to standard output: feed it to standard input.`, reads];
  }
}
