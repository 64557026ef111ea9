import type { Arg } from "../../plan/arg.js";
import type { InitramfsConfig } from "./detail.js";
import type { BootFacts } from "./facts.js";

/** The kernels that are installed: those with an image in /boot. Their modules' directories alone may be left-overs. */
export function kernelsOf(facts: BootFacts): readonly string[] {
  const images = new Set(facts.boot ?? []);
  return (facts.modules?.names ?? []).filter((name) => images.has(`vmlinuz-${name}`));
}

/** Names of the images: Debian and Ubuntu, Fedora and Red Hat, SUSE. */
const IMAGE_NAMES = [
  { prefix: "initrd.img-", suffix: "" },
  { prefix: "initramfs-", suffix: ".img" },
  { prefix: "initrd-", suffix: "" },
] as const;

/** What the images in /boot are called; undefined where the newest kernel has none. */
export function imageName(kernels: readonly string[], boot: readonly string[]): InitramfsConfig["image"] | undefined {
  return IMAGE_NAMES.find(({ prefix, suffix }) =>
    kernels.some((kernel) => boot.includes(`${prefix}${kernel}${suffix}`)),
  );
}

/** The tool that makes the images on this machine; undefined where there is none that is known here. */
export function initramfsTool(tools: BootFacts["tools"]): Pick<InitramfsConfig, "tool" | "path"> | undefined {
  // dracut brings an update-initramfs too on some systems, with other options
  if (tools["update-initramfs"] !== undefined && tools.mkinitramfs !== undefined) {
    return { tool: "update-initramfs", path: tools["update-initramfs"] };
  }
  return tools.dracut === undefined ? undefined : { tool: "dracut", path: tools.dracut };
}

/**
 * Makes the image of one kernel by its name, whether there is one yet or not, inside the restored system.
 *
 * - update-initramfs: `-u` does nothing where its configuration says `update_initramfs=no`; `-c` always makes the
 *   image. Older versions leave an image alone that their state in /var/lib doesn't know, unless told to take it over
 *   by `-t`; newer ones (0.142) accept that and ignore it
 * - dracut: `--no-hostonly`, for what the rescue system's /sys and /proc show isn't the server as it will boot; it
 *   also takes multipath and its files in without looking whether the root is on a map just now
 */
export function initramfsCommand(config: InitramfsConfig): readonly Arg[] {
  const { prefix, suffix } = config.image;
  const kernel: Arg = { each: true };
  switch (config.tool) {
    case "update-initramfs":
      return [config.path, "-c", "-t", "-k", kernel];
    case "dracut":
      return [config.path, "--force", "--no-hostonly", { concat: [`/boot/${prefix}`, kernel, suffix] }, kernel];
  }
}

/** Where an image is unpacked, in the restored system: it has room, and the tools for the compression that it chose. */
export const UNPACKED = "/var/tmp/bmr-initramfs";

/**
 * Unpacks the image of one kernel, all of its archives one after another (early microcode first), inside the restored
 * system: unmkinitramfs(8) and lsinitrd(1) come with what makes the images. lsinitrd unpacks into where it is started.
 */
export function unpackCommand(config: InitramfsConfig): readonly Arg[] {
  const image: Arg = { concat: [`/boot/${config.image.prefix}`, { each: true }, config.image.suffix] };
  const directory: Arg = { concat: [`${UNPACKED}/`, { each: true }] };
  switch (config.tool) {
    case "update-initramfs":
      return ["unmkinitramfs", image, directory];
    case "dracut":
      return ["env", "-C", directory, "lsinitrd", "--unpack", image];
  }
}
