import type { ProbeHost } from "../../host/host.js";
import { known, type Probed } from "../../host/probed.js";
import type { Inventory } from "../../layout/inventory.js";
import { architectureIn } from "../../layout/machine.js";
import { readInventory } from "../../layout/read-inventory.js";
import type { BootFacts, InstalledTools } from "./facts.js";
import { debconfValue } from "./parse-debconf.js";
import { readSectors } from "./read-sectors.js";

/** The programs that are looked for. */
const PROGRAMS = [
  ...["update-initramfs", "mkinitramfs", "dracut", "mkinitrd", "mkinitcpio"],
  ...["grub-install", "grub2-install", "update-grub", "grub-mkconfig", "grub2-mkconfig"],
] as const;

const PROGRAM_DIRECTORIES = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"] as const;

/** What multipath-tools' initramfs hook takes in, besides the configuration. */
export const MULTIPATH_FILES = ["/etc/multipath/wwids", "/etc/multipath/bindings"] as const;

/** Asks a machine how it boots: firmware, boot loaders on its disks, kernels, and what makes its initramfs. */
export async function probeBoot(host: ProbeHost, inventory?: Inventory): Promise<Probed<BootFacts>> {
  const devices = inventory ?? (await readInventory(host)).inventory;
  const firmware = await readFirmware(host);
  const isPc = await mayBePc(host);
  const [sectors, boot, grub, grub2, modules, tools, biosModules, installDevices, multipathFiles, dependentModules] =
    await Promise.all([
      firmware === "efi" || !isPc ? [] : readSectors(host, devices),
      namesIn(host, "/boot"),
      namesIn(host, "/boot/grub"),
      namesIn(host, "/boot/grub2"),
      readModules(host),
      readTools(host),
      exists(host, "/usr/lib/grub/i386-pc/boot.img"),
      readInstallDevices(host),
      filter(MULTIPATH_FILES, (path) => exists(host, path)),
      hasDependentModules(host),
    ]);
  return known({
    firmware,
    sectors,
    boot,
    grubDirectory: grub2?.includes("grub.cfg") ? "/boot/grub2" : grub?.includes("grub.cfg") ? "/boot/grub" : null,
    modules,
    tools,
    hasBiosModules: biosModules,
    installDevices,
    multipathFiles,
    dependentModules,
  });
}

/** EFI firmware leaves its tables in sysfs (kernel: drivers/firmware/efi/efi.c); a machine without them was started otherwise. */
async function readFirmware(host: ProbeHost): Promise<BootFacts["firmware"]> {
  const listed = await host.list("/sys/firmware/efi");
  if (listed.is === "directory" || listed.is === "denied") return "efi";
  return listed.is === "absent" ? "bios" : null;
}

/** Boot sectors are PCs' own; a DASD isn't even readable before it is formatted. */
async function mayBePc(host: ProbeHost): Promise<boolean> {
  const architecture = architectureIn(await host.run(["uname", "-m"]));
  return architecture === null || isPc(architecture);
}

/** True for the architectures that boot by BIOS, as `uname -m` says. */
export function isPc(architecture: string): boolean {
  return /^(x86_64|i[3-6]86)$/.test(architecture);
}

async function namesIn(host: ProbeHost, path: string): Promise<readonly string[] | null> {
  const listed = await host.list(path);
  if (listed.is === "directory") return listed.names;
  return listed.is === "absent" || listed.is === "not-a-directory" ? [] : null;
}

/** Below /usr where /lib is a link into it: outside of the chroot an absolute link would lead to the rescue system's. */
async function readModules(host: ProbeHost): Promise<BootFacts["modules"]> {
  const link = await host.readlink("/lib");
  const directory = link.is === "link" ? "/usr/lib/modules" : "/lib/modules";
  const names = await namesIn(host, directory);
  return names === null ? null : { directory, names };
}

async function readTools(host: ProbeHost): Promise<InstalledTools> {
  const found = await Promise.all(
    PROGRAMS.map(async (name) => {
      const paths = PROGRAM_DIRECTORIES.map((directory) => `${directory}/${name}`);
      const [path] = await filter(paths, (one) => exists(host, one));
      return path === undefined ? [] : [[name, path] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

async function exists(host: ProbeHost, path: string): Promise<boolean> {
  const found = await host.readlink(path);
  return found.is === "link" || found.is === "not-a-link";
}

async function filter<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<T[]> {
  const answers = await Promise.all(items.map(test));
  return items.filter((_, index) => answers[index]);
}

async function readInstallDevices(host: ProbeHost): Promise<readonly string[] | null> {
  const read = await host.read("/var/cache/debconf/config.dat");
  const value = read.is === "file" ? debconfValue(read.content, "grub-pc/install_devices") : null;
  return value === null ? null : value.split(",").map((device) => device.trim());
}

/** `MODULES=dep` in initramfs.conf(5): the last one that says it counts, conf.d after the file itself. */
async function hasDependentModules(host: ProbeHost): Promise<boolean> {
  const directory = "/etc/initramfs-tools/conf.d";
  const names = (await namesIn(host, directory)) ?? [];
  const files = ["/etc/initramfs-tools/initramfs.conf", ...names.map((name) => `${directory}/${name}`)];
  const texts = await Promise.all(files.map((file) => host.read(file)));
  const values = texts.flatMap((read) =>
    read.is === "file" ? [...read.content.matchAll(/^\s*MODULES=["']?(\w+)/gm)].map((match) => match[1]) : [],
  );
  return values.at(-1) === "dep";
}
