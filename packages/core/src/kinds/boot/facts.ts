import type { ProbeFailure } from "../../host/probed.js";
import type { BootSector } from "./parse-boot-sector.js";

/** A device's first sector, or why it couldn't be read. */
export interface SectorReading {
  /** The device's kernel name. */
  readonly device: string;
  /** False for a partition. */
  readonly whole: boolean;
  readonly sector: BootSector | { readonly is: "unread"; readonly failure: ProbeFailure };
}

/** What of the programs that make an initramfs or a boot loader is installed, by name, with the path. */
export type InstalledTools = Readonly<Record<string, string>>;

/** What the machine said of how it boots. */
export interface BootFacts {
  /** `efi` where the kernel was started by EFI firmware; null where nobody told. */
  readonly firmware: "bios" | "efi" | null;
  readonly sectors: readonly SectorReading[];
  /** The names in /boot; null where nobody told. */
  readonly boot: readonly string[] | null;
  /** The directory that GRUB 2 has its configuration in. */
  readonly grubDirectory: "/boot/grub" | "/boot/grub2" | null;
  /** The kernels' modules, by the directory that isn't behind a symbolic link; null where nobody told. */
  readonly modules: { readonly directory: string; readonly names: readonly string[] } | null;
  readonly tools: InstalledTools;
  /** True where GRUB's own modules for BIOS are installed, which grub-install copies. */
  readonly hasBiosModules: boolean;
  /** The devices that the package grub-pc was told to install to; null where it has no answer. A hint only. */
  readonly installDevices: readonly string[] | null;
  /** Which of multipath's files exist: without them the initramfs doesn't make the maps. */
  readonly multipathFiles: readonly string[];
  /** True where initramfs-tools takes only the modules that the running machine uses. */
  readonly dependentModules: boolean;
}
