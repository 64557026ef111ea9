import { isCleanText } from "../../host/bytes.js";

/** True for a mount point that can be an argument of a command. */
export function isUsable(at: string): boolean {
  return isCleanText(at) && !at.includes("\0");
}
