import type { ProbeHost } from "../../host/host.js";
import { tidyPath } from "./parse-fstab.js";

/** As the kernel's limit for links in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Where a path leads once symbolic links are followed; what can't be read is taken as it is written. mountinfo shows
 * `/opt/data` for an fstab line with `/data/x` where `/data` is a link.
 */
export async function realPath(host: ProbeHost, path: string): Promise<string> {
  let waiting = path.split("/").filter(Boolean);
  let reached = "";
  let links = 0;
  while (waiting.length > 0) {
    const [part, ...rest] = waiting as [string, ...string[]];
    waiting = rest;
    if (part === "..") {
      reached = reached.slice(0, Math.max(0, reached.lastIndexOf("/")));
      continue;
    }
    const at = `${reached}/${part}`;
    const found = part === "." ? undefined : await host.readlink(at);
    if (found?.is !== "link") {
      reached = part === "." ? reached : at;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return tidyPath(path);
    if (found.target.startsWith("/")) reached = "";
    waiting = [...found.target.split("/").filter(Boolean), ...waiting];
  }
  return reached === "" ? "/" : reached;
}
