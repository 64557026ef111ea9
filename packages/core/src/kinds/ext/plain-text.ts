import { isCleanText } from "../../host/bytes.js";

/** True for a text that can be given on a command line as it is. */
export function isPlainText(text: string): boolean {
  return isCleanText(text) && !text.includes("\0");
}
