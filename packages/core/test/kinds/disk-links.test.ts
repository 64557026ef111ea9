import { expect, test } from "vitest";
import { identitiesOf } from "../../src/kinds/disk/identities.js";
import { blockDevice } from "../rescue/world.js";

test("udev's links by id are hints: not those of what is on the disk, of device-mapper, nor those that the WWID gives", () => {
  const device = {
    ...blockDevice("sda", 8, 0),
    links: [
      "/dev/disk/by-id/ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456X",
      "/dev/disk/by-id/wwn-0x5002538e40a1b2c3",
      "/dev/disk/by-id/scsi-35002538e40a1b2c3",
      "/dev/disk/by-id/scsi-SATA_Samsung_SSD_860_S3Z1NB0K123456X",
      "/dev/disk/by-id/lvm-pv-uuid-0tQ8yV-x",
      "/dev/disk/by-id/md-uuid-0000",
      "/dev/disk/by-path/pci-0000:00:1f.2-ata-1",
    ],
  };
  expect(identitiesOf(device, "scsi", {}).filter(({ type }) => type === "by-id")).toEqual([
    { type: "by-id", value: "ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456X", strength: "hint" },
    { type: "by-id", value: "scsi-SATA_Samsung_SSD_860_S3Z1NB0K123456X", strength: "hint" },
  ]);
});
