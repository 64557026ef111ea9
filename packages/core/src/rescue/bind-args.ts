import { BmrError } from "../error.js";
import { isCleanText } from "../host/bytes.js";
import type { NodeId } from "../layout/ids.js";
import type { Arg } from "../plan/arg.js";
import type { Surroundings } from "./bound-plan.js";

/**
 * A planned argument as the text that a command is given.
 *
 * @param each the name that a `forEach` is at
 * @throws BmrError `plan-invalid` where it refers to what isn't there, leads out of the target or the recovery set, or
 * can't be an argument (bytes that aren't UTF-8, NUL)
 */
export function bindArg(arg: Arg, surroundings: Surroundings, each?: string): string {
  const text = textOfArg(arg, surroundings, each);
  if (!isCleanText(text) || text.includes("\0")) {
    throw invalid(`${JSON.stringify(text)} can't be an argument of a command`, { text });
  }
  return text;
}

function textOfArg(arg: Arg, surroundings: Surroundings, each: string | undefined): string {
  if (typeof arg === "string") return arg;
  if ("device" in arg) {
    const path = devicePathOf(arg.device, surroundings);
    return arg.as === "pattern" ? lvmPattern(path) : path;
  }
  if ("target" in arg) return below(surroundings.target, arg.target);
  if ("setFile" in arg) return below(surroundings.setDirectory, `/${arg.setFile}`);
  if ("param" in arg) return paramOf(arg.param, surroundings);
  if ("each" in arg) return eachName(each);
  return arg.concat.map((part) => textOfArg(part, surroundings, each)).join("");
}

/**
 * A path as a pattern within an LVM configuration string (libdm/regex/parse_rx.c). Names of device-mapper hold `+` and
 * `.`; brackets, since a backslash would be an escape in the string too (libdm-string.c, dm_unescape_double_quotes()).
 * A backslash stands where device-mapper mangled a name: four of them are one.
 */
function lvmPattern(path: string): string {
  return path
    .replace(/[.+*?()|[$]/g, "[$&]")
    .replaceAll("\\", "\\".repeat(4))
    .replaceAll("^", "\\\\^");
}

function devicePathOf(node: NodeId, { devices }: Surroundings): string {
  const locator = devices.get(node);
  if (locator === undefined) throw invalid(`the plan names the device of ${node}, which has none here`, { node });
  return locator.path;
}

/** A path below a directory; `..` would lead out of it. */
function below(directory: string, path: string): string {
  if (!path.startsWith("/") || path.split("/").includes("..")) {
    throw invalid(`${JSON.stringify(path)} isn't a path below ${directory}`, { path });
  }
  if (path === "/") return directory;
  return directory === "/" ? path : `${directory}${path}`;
}

function paramOf(name: string, { params }: Surroundings): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined) throw invalid(`the plan uses the choice ${name}, which wasn't made`, { param: name });
  return value;
}

function eachName(each: string | undefined): string {
  if (each === undefined) throw invalid("the plan uses the name of a list outside of one", {});
  if (each.includes("/") || each === "." || each === "..")
    throw invalid(`${JSON.stringify(each)} isn't a name`, { each });
  return each;
}

function invalid(message: string, details: Readonly<Record<string, unknown>>): BmrError {
  return new BmrError("plan-invalid", message, { details });
}
