import type { ProbeHost } from "../host/host.js";

const MIB = 1024 ** 2;
/** A disk of so many bytes at most is read whole. */
const SMALL = 64 * MIB;
/** How many places between start and end are looked at on a larger one, and how many bytes of each. */
const PLACES = 256;
const PLACE_BYTES = 65536;

/**
 * Whether a disk holds nothing but zeros, as far as can be told in a few seconds: its first and last MiB, and 256
 * places between them, all of it where it is small. Finds raw data (a database's, an emulator's disk) without any
 * signature. Null where it can't be read.
 */
export async function looksBlank(host: ProbeHost, path: string, bytes: number | null): Promise<boolean | null> {
  if (bytes === null || bytes === 0) return null;
  for (const { offset, length } of samples(bytes)) {
    const read = await host.read(path, { bytes: length, offset });
    if (read.is !== "file") return null;
    if (/[^\0]/.test(read.content)) return false;
    // the end came before it should have
    if (read.content.length < length) return null;
  }
  return true;
}

/** The places to look at; the ends first, since most of what is ever written begins there. */
function samples(bytes: number): readonly { readonly offset: number; readonly length: number }[] {
  if (bytes <= SMALL) {
    const count = Math.ceil(bytes / MIB);
    return Array.from({ length: count }, (_, at) => ({ offset: at * MIB, length: Math.min(MIB, bytes - at * MIB) }));
  }
  const step = Math.floor((bytes - 2 * MIB) / PLACES / PLACE_BYTES) * PLACE_BYTES;
  const between = Array.from({ length: PLACES }, (_, at) => ({ offset: MIB + at * step, length: PLACE_BYTES }));
  return [{ offset: 0, length: MIB }, { offset: bytes - MIB, length: MIB }, ...between];
}
