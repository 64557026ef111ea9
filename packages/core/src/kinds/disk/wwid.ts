/**
 * scsi_id's notation of what the kernel shows in /sys/block/sdX/device/wwid (drivers/scsi/scsi_lib.c,
 * scsi_vpd_lun_id()). Null for `t10.`: both pad it differently.
 */
export function wwidOfSysfs(wwid: string): string | null {
  const match = /^(naa|eui)\.([0-9a-f]+)$/i.exec(wwid.trim());
  if (match === null) return null;
  return `${match[1]?.toLowerCase() === "naa" ? "3" : "2"}${match[2]?.toLowerCase()}`;
}

/** scsi_id's notation of udev's `ID_WWN_WITH_EXTENSION`, `0x5000c500a0000001`: always an NAA designator. */
export function wwidOfWwn(wwn: string): string | null {
  const hex = /^0x([0-9a-f]{16}|[0-9a-f]{32})$/i.exec(wwn)?.[1];
  return hex === undefined ? null : `3${hex.toLowerCase()}`;
}

/** Identities that firmware shows when it was never given one: they name nothing. */
export function isWorthless(value: string): boolean {
  const bare = value.trim().replace(/^(?:eui|uuid|nvme)\.|^0x|-/gi, "");
  if (/^0*$/.test(bare)) return true;
  // one digit over and over, after the designator's type and the NAA nibble
  if (/^[0-9a-f]{16,}$/i.test(bare) && /^.{0,2}?(?:0+|f+)$/i.test(bare)) return true;
  return /^(?:none|null|n\/a|unknown|not[ _]?specified|default[ _]?string|to[ _]be[ _]filled.*)$/i.test(value.trim());
}
