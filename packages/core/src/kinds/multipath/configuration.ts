import type { ProbeHost } from "../../host/host.js";
import type { ConfigurationFile } from "./detail.js";

const CONF = "/etc/multipath.conf";
/** Options of multipath.conf(5) that name further files, with their defaults. */
const FILES = {
  bindings_file: ["/etc/multipath/bindings", "/var/lib/multipath/bindings"],
  wwids_file: ["/etc/multipath/wwids"],
} as const;
const DIRECTORY = { option: "config_dir", default: "/etc/multipath/conf.d" } as const;

/** A file that is there and couldn't be read. */
export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

/** multipath's configuration of a machine. */
export interface Configuration {
  readonly files: readonly ConfigurationFile[];
  readonly unreadable: readonly Unreadable[];
}

/** Reads multipath.conf, its directory of further pieces, the names of the maps and the WWIDs that are multipathed. */
export async function readConfiguration(host: ProbeHost): Promise<Configuration> {
  const main = await readOne(host, CONF);
  const conf = "content" in main ? main.content : "";
  const directory = optionOf(conf, DIRECTORY.option) ?? DIRECTORY.default;
  const listed = await host.list(directory);
  const pieces = listed.is === "directory" ? listed.names.filter((name) => name.endsWith(".conf")) : [];
  const paths = [
    ...pieces.map((name) => `${directory}/${name}`),
    ...Object.entries(FILES).flatMap(([option, defaults]) => optionOf(conf, option) ?? defaults),
  ];
  const read = [main, ...(await Promise.all(paths.map((path) => readOne(host, path))))];
  return {
    files: read.filter((file) => "content" in file),
    unreadable: read.filter((file) => "reason" in file),
  };
}

type OneFile = ConfigurationFile | Unreadable | { readonly path: string };

async function readOne(host: ProbeHost, path: string): Promise<OneFile> {
  const read = await host.read(path);
  if (read.is === "file") return { path, content: read.content };
  if (read.is === "denied" || read.is === "failed") return { path, reason: read.reason };
  return { path };
}

/** The value of an option, quoted or not; comments begin with `#` or `!` (multipath.conf(5)). */
function optionOf(conf: string, option: string): string | undefined {
  return new RegExp(`^[^#!\\n]*\\b${option}[ \\t]+"?([^"\\s]+)"?`, "m").exec(conf)?.[1];
}
