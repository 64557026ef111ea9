import type { AdapterContext, Bootstrap } from "@bmr/core";
import { dsmc } from "./command.js";
import type { TsmOptions } from "./options.js";

/** The recovery set comes back to the very place where it was, in the rescue system's own tree. */
export function bootstrap({ options, layout, setDirectory }: AdapterContext<TsmOptions>): Bootstrap {
  const restore = dsmc(options, ["restore"], "-subdir=yes", "-replace=all", "-tapeprompt=no", `${setDirectory}/`);
  return {
    title: `Get ${setDirectory} back from TSM`,
    commands: [
      { do: "exec", ...dsmc(options, ["query", "session"]) },
      { do: "exec", ...restore },
    ],
    remarks: [
      `The files are those of ${layout.machine.hostname}: the rescue system must log on as its node${options.asNode === undefined ? "" : ` (as ${options.asNode})`}.`,
      "In the rescue system: the client in its usual place, dsm.sys and dsm.opt of the server, and the node's password; when it isn't valid any more, have it reset on the TSM server.",
      "Never run `dsmc incremental` there: files that aren't back yet would be marked as deleted.",
    ],
  };
}
