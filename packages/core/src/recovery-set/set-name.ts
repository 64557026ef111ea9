import { isCleanText } from "../host/bytes.js";

/**
 * What is wrong with a name of a file in a recovery set, or null. A name from a plan, or from a manifest that anybody
 * may have edited, must not lead out of the set's directory, hide in it, or look like an option.
 */
export function nameFault(name: string): string | null {
  const shown = JSON.stringify(name);
  if (name === "") return "a file of the recovery set has no name";
  if (name.includes("/")) return `${shown} leads out of the recovery set's directory`;
  if (name.startsWith(".")) return `${shown} begins with a dot`;
  if (name.startsWith("-")) return `${shown} looks like an option`;
  if (!isCleanText(name) || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return `${shown} holds characters that can't be shown`;
  // NAME_MAX of Linux' filesystems
  if (Buffer.byteLength(name) > 255) return `${shown} is longer than 255 bytes`;
  return null;
}
