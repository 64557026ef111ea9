import { BmrError } from "../../error.js";
import { bytesOf } from "../../host/bytes.js";
import type { References, Rewrite } from "../../references/reference-source.js";

/** Where booting names disks: kernel command lines, resume devices, boot loaders and what installs them, dump devices. */
export const bootReferences: References = {
  files: () => [
    { paths: [...COMMAND_LINES, ...INITRAMFS, ...LOADERS], needed: true },
    {
      paths: ["/boot/grub/grubenv", "/boot/grub2/grubenv", "/boot/efi/EFI/*/grubenv"],
      needed: true,
      syntax: "grubenv",
    },
    { paths: [...INSTALLED_TO, ...DUMP], needed: false },
  ],
  syntaxes: { grubenv: rewriteGrubenv },
};

const COMMAND_LINES: readonly string[] = [
  ...["/etc/default/grub", "/etc/default/grub.d/*.cfg", "/etc/kernel/cmdline", "/etc/cmdline.d/*.conf"],
  ...["/boot/loader/entries/*.conf", "/etc/zipl.conf", "/etc/sysconfig/bootloader"],
];

const INITRAMFS: readonly string[] = [
  ...["/etc/initramfs-tools/initramfs.conf", "/etc/initramfs-tools/conf.d/*", "/etc/uswsusp.conf", "/etc/suspend.conf"],
  ...["/etc/dracut.conf", "/etc/dracut.conf.d/*.conf", "/etc/mkinitcpio.conf"],
];

const LOADERS: readonly string[] = [
  ...["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/boot/grub/custom.cfg", "/boot/grub2/custom.cfg"],
  ...["/boot/efi/EFI/*/grub.cfg", "/etc/grub.d/*", "/boot/grub/menu.lst", "/boot/grub/grub.conf", "/etc/lilo.conf"],
];

/** grub-install makes device.map anew; the package grub-pc, and SUSE's tools, install to the devices that they were told. */
const INSTALLED_TO: readonly string[] = [
  ...["/boot/grub/device.map", "/boot/grub2/device.map"],
  ...["/var/cache/debconf/config.dat", "/etc/default/grub_installdevice"],
];

const DUMP: readonly string[] = [
  ...["/etc/kdump.conf", "/etc/sysconfig/kdump", "/etc/default/kdump-tools"],
  ...["/etc/sysconfig/dumpconf", "/etc/default/dumpconf", "/etc/zfcpdump.conf"],
];

/** GRUB reads its environment as one block of just so many bytes, filled up with `#` (include/grub/lib/envblk.h). */
const GRUBENV_BYTES = 1024;

/** @throws BmrError `step-failed` where the new text doesn't fit into GRUB's block */
export function rewriteGrubenv(text: string, rename: Parameters<Rewrite>[1]): string {
  const renamed = rename(text);
  if (renamed === text) return text;
  const body = renamed.replace(/#*$/, "");
  const { length } = bytesOf(body);
  if (length > GRUBENV_BYTES) {
    throw new BmrError(
      "step-failed",
      `GRUB's environment would take ${length} bytes with the new names, and has ${GRUBENV_BYTES}: take variables out of it (grub-editenv)`,
    );
  }
  return body + "#".repeat(GRUBENV_BYTES - length);
}
