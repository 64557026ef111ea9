import type { ProbeHost } from "../host/host.js";
import { succeeded } from "../host/outcome.js";

/** Name and uuid of device-mapper devices by `major:minor`, as `dmsetup` tells them: for kernels before 2.6.29, whose sysfs has no `dm/`. */
export async function dmNames(host: ProbeHost): Promise<ReadonlyMap<string, { name: string; uuid: string }>> {
  const result = await host.run([
    "dmsetup",
    "info",
    "-c",
    "--noheadings",
    "--separator",
    "/",
    "-o",
    "major,minor,name,uuid",
  ]);
  const names = new Map<string, { name: string; uuid: string }>();
  if (!succeeded(result)) return names;
  // A dm name holds no slash (libdm, _check_devmapper_filename()).
  for (const [, major, minor, name, uuid] of result.stdout.matchAll(/^ *(\d+)\/ *(\d+)\/([^/\n]+)\/(.*)$/gm)) {
    names.set(`${major}:${minor}`, { name: name as string, uuid: (uuid as string).trim() });
  }
  return names;
}

/** What each device-mapper device stands on, as `major:minor`, by dm name: for kernels before 2.6.17, whose sysfs has no `slaves/`. */
export async function dmDependencies(host: ProbeHost): Promise<ReadonlyMap<string, readonly string[]>> {
  const result = await host.run(["dmsetup", "deps"]);
  const dependencies = new Map<string, readonly string[]>();
  if (!succeeded(result)) return dependencies;
  for (const [, name, list] of result.stdout.matchAll(/^(.+): \d+ dependencies\s*:(.*)$/gm)) {
    const numbers = [...(list as string).matchAll(/\((\d+), (\d+)\)/g)].map(([, major, minor]) => `${major}:${minor}`);
    dependencies.set(name as string, numbers);
  }
  return dependencies;
}
