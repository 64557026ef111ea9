import type { ProbeHost } from "../host/host.js";
import type { EachName } from "../plan/step.js";
import { bindArg } from "./bind-args.js";
import type { Surroundings } from "./bound-plan.js";

/** The names that something is done for each of; why not, where there is none or the directory can't be read. */
export type EachNames =
  | { readonly is: "known"; readonly names: readonly [string, ...string[]] }
  | { readonly is: "unknown"; readonly why: string };

/** Lists the names in a directory of the target, only those for which `having` exists. None at all is a failure. */
export async function eachNames(each: EachName, surroundings: Surroundings, host: ProbeHost): Promise<EachNames> {
  const directory = bindArg(each.list, surroundings);
  const listed = await host.list(directory);
  if (listed.is !== "directory") {
    return { is: "unknown", why: `${directory} can't be listed: ${"reason" in listed ? listed.reason : listed.is}` };
  }
  const names: string[] = [];
  for (const name of listed.names) {
    if (each.having === undefined || (await exists(host, bindArg(each.having, surroundings, name)))) names.push(name);
  }
  const [first, ...others] = names;
  if (first === undefined) return { is: "unknown", why: `${directory} holds none of what is looked for` };
  return { is: "known", names: [first, ...others] };
}

async function exists(host: ProbeHost, path: string): Promise<boolean> {
  const read = await host.read(path, { bytes: 1 });
  return read.is === "file" || read.is === "directory";
}
