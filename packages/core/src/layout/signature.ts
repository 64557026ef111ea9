import type { Signature } from "./inventory.js";
import { encodedProperty, type UdevProperties } from "./udev-db.js";

/** The signature in udev's properties, or in those of `blkid -p -o udev`; null where there is none. */
export function signatureOf(properties: UdevProperties): Signature | null {
  const signature: Signature = {
    type: properties.ID_FS_TYPE || null,
    uuid: encodedProperty(properties, "ID_FS_UUID"),
    label: encodedProperty(properties, "ID_FS_LABEL"),
    usage: properties.ID_FS_USAGE || null,
    tableType: properties.ID_PART_TABLE_TYPE || null,
    tableUuid: properties.ID_PART_TABLE_UUID || null,
  };
  return signature.type === null && signature.tableType === null ? null : signature;
}

/**
 * A partition's own signature. udev's 60-persistent-storage.rules has `IMPORT{parent}="ID_*"`, so a partition shows
 * the table, and where it has no filesystem also a signature, of its whole disk: what is the same isn't its own.
 */
export function ownSignature(properties: UdevProperties, parent: UdevProperties | undefined): Signature | null {
  const shown = signatureOf(properties);
  const inherited = parent === undefined ? null : signatureOf(parent);
  if (shown === null || inherited === null) return shown;
  const sameTable = shown.tableType === inherited.tableType && shown.tableUuid === inherited.tableUuid;
  const sameContent = shown.type === inherited.type && shown.uuid === inherited.uuid && shown.label === inherited.label;
  const own: Signature = {
    ...shown,
    ...(sameTable ? { tableType: null, tableUuid: null } : {}),
    ...(sameContent ? { type: null, uuid: null, label: null, usage: null } : {}),
  };
  return own.type === null && own.tableType === null ? null : own;
}

/**
 * True where udev's rules have looked at the device with blkid. They leave out suspended device-mapper devices and
 * those that their owner flagged (10-dm.rules, 13-dm-disk.rules), and devices that aren't set up (SYSTEMD_READY=0).
 */
export function udevLooked(properties: UdevProperties): boolean {
  if (properties.DM_SUSPENDED === "1" || properties.SYSTEMD_READY === "0") return false;
  if (properties.DM_UDEV_DISABLE_OTHER_RULES_FLAG === "1") return false;
  if (properties.DM_UDEV_DISABLE_DISK_RULES_FLAG === "1" || properties.DM_NOSCAN === "1") return false;
  return properties.USEC_INITIALIZED !== undefined || Object.keys(properties).some((key) => key.startsWith("ID_"));
}
