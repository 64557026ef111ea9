import type { ProbeHost } from "../host/host.js";

/** Linux gives up after as many links (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * A path with every link on the way followed, as realpath(3) does. What isn't there is kept as it is written.
 *
 * @param root the directory that the path and all links in it begin at, as after chroot(2); nothing leads out of it
 */
export async function canonicalPath(host: ProbeHost, path: string, root = ""): Promise<string> {
  const pending = path.split("/").filter(Boolean).reverse();
  let done: string[] = [];
  let links = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const at = `${root}/${[...done, part].join("/")}`;
    const link = await host.readlink(at);
    if (link.is !== "link" || ++links > MOST_LINKS) {
      done.push(part);
      continue;
    }
    if (link.target.startsWith("/")) done = [];
    pending.push(...link.target.split("/").filter(Boolean).reverse());
  }
  return `${root}/${done.join("/")}`;
}
