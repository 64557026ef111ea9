import { isPlainText } from "./plain-text.js";

/** True for mount options that debugfs can be told: its lines have double quotes only, and no way to escape one. */
export function isSettable(mountOptions: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return isPlainText(mountOptions) && !/["\u0000-\u001f\u007f]/.test(mountOptions);
}
