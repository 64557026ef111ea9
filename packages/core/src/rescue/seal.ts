import type { ProbeHost } from "../host/host.js";

/**
 * What the kernel says of a disk, word for word, taken when it is bound and compared again before each step that
 * destroys: kernel names and numbers are given anew when a disk goes and another comes. An attribute that isn't
 * there is null, and has to stay so.
 */
export interface Seal {
  /** `major:minor`. */
  readonly dev: string | null;
  /** In units of 512 bytes, as sysfs has it whatever the sector size is. */
  readonly size: string | null;
  /** The device's place below /sys/devices. */
  readonly link: string | null;
  /** A number that the kernel never gives twice in one boot (5.15 and later). */
  readonly diskseq: string | null;
  /** device-mapper's uuid: `mpath-3600…`. */
  readonly dmUuid: string | null;
  /** Of SCSI disks: `naa.6005…`. */
  readonly scsiWwid: string | null;
  /** Of NVMe namespaces: `eui.…`, `uuid.…`, `nvme.…`. */
  readonly nvmeWwid: string | null;
  /** Of virtio disks. */
  readonly serial: string | null;
  /** Of DASDs, read at the CCW device. */
  readonly dasdUid: string | null;
}

const ATTRIBUTES: Readonly<Record<Exclude<keyof Seal, "link">, string>> = {
  dev: "dev",
  size: "size",
  diskseq: "diskseq",
  dmUuid: "dm/uuid",
  scsiWwid: "device/wwid",
  nvmeWwid: "wwid",
  serial: "serial",
  dasdUid: "device/uid",
};

/** Reads the seal of a block device by its kernel name. */
export async function readSeal(host: ProbeHost, name: string): Promise<Seal> {
  const directory = `/sys/class/block/${name}`;
  const names = Object.keys(ATTRIBUTES) as (keyof typeof ATTRIBUTES)[];
  const [link, ...values] = await Promise.all([
    host.readlink(directory),
    ...names.map((key) => readAttribute(host, `${directory}/${ATTRIBUTES[key]}`)),
  ]);
  const attributes = Object.fromEntries(names.map((key, at) => [key, values[at] ?? null])) as Omit<Seal, "link">;
  return { ...attributes, link: link.is === "link" ? link.target : null };
}

/** What differs between two seals, for people; empty when it is the same disk. */
export function sealDifferences(bound: Seal, now: Seal): string[] {
  return (Object.keys(bound) as (keyof Seal)[])
    .filter((key) => bound[key] !== now[key])
    .map((key) => `${key} was ${bound[key] ?? "not there"} and is ${now[key] ?? "not there"}`);
}

/** A sysfs attribute without white space at its ends; null where it can't be read. */
export async function readAttribute(host: ProbeHost, path: string): Promise<string | null> {
  const read = await host.read(path);
  return read.is === "file" ? read.content.trim() : null;
}
