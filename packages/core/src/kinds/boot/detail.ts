import * as z from "zod";
import { readDetail } from "../../layout/detail.js";
import type { NodeId } from "../../layout/ids.js";
import type { Layout } from "../../layout/layout.js";

/** A disk or map that carries GRUB 2 in its first sector. */
export interface GrubDevice {
  readonly node: NodeId;
  /** Where its core.img lies: in the gap after the MBR, in a BIOS boot partition, or as a file by its block numbers. */
  readonly core: "gap" | "bios-boot" | "file";
  /** Where in the first sector the text "GRUB" stands, in bytes. */
  readonly textAt: number;
}

/** GRUB 2 for BIOS, as it is installed. */
export interface GrubConfig {
  readonly directory: "/boot/grub" | "/boot/grub2";
  /** Path of grub-install. */
  readonly install: string;
  /** Path of update-grub or grub-mkconfig; null where none is installed. */
  readonly mkconfig: string | null;
  readonly devices: readonly GrubDevice[];
}

/** How the machine's initramfs is made. */
export interface InitramfsConfig {
  readonly tool: "update-initramfs" | "dracut";
  /** The tool's path. */
  readonly path: string;
  /** The images' names in /boot: the kernel's name stands between the two. */
  readonly image: { readonly prefix: string; readonly suffix: string };
  /** Directory of the kernels' modules. */
  readonly modules: string;
}

/** How the machine boots, as far as it was recorded. */
export interface BootConfig {
  readonly firmware: "bios" | "efi" | null;
  /** The kernels in /boot that have modules, by name. */
  readonly kernels: readonly string[];
  readonly grub: GrubConfig | null;
  /** Null where the kernels have no initramfs, or none that can be made anew; a finding says which. */
  readonly initramfs: InitramfsConfig | null;
  /** Which of /etc/multipath/wwids and bindings exist. */
  readonly multipathFiles: readonly string[];
}

const nodeId = z.string() as unknown as z.ZodType<NodeId>;

/** Checks the configuration read from a layout. */
export const BootConfigSchema: z.ZodType<BootConfig> = z.object({
  firmware: z.enum(["bios", "efi"]).nullable(),
  kernels: z.array(z.string()),
  grub: z
    .object({
      directory: z.enum(["/boot/grub", "/boot/grub2"]),
      install: z.string(),
      mkconfig: z.string().nullable(),
      devices: z.array(
        z.object({
          node: nodeId,
          core: z.enum(["gap", "bios-boot", "file"]),
          textAt: z.number().int().nonnegative(),
        }),
      ),
    })
    .nullable(),
  initramfs: z
    .object({
      tool: z.enum(["update-initramfs", "dracut"]),
      path: z.string(),
      image: z.object({ prefix: z.string(), suffix: z.string() }),
      modules: z.string(),
    })
    .nullable(),
  multipathFiles: z.array(z.string()),
});

/** The configuration that a layout holds; null where it wasn't looked at. */
export function bootConfig(layout: Layout): BootConfig | null {
  const config = layout.config.boot;
  return config === undefined ? null : readDetail(BootConfigSchema, config);
}
