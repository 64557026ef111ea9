/**
 * A text as one word for a POSIX shell, of whatever characters it is made (NUL can't be in an argument at all).
 * The one place of bmr that quotes: for what is shown and typed, and for ssh, which hands its arguments joined by
 * blanks to the remote shell (ssh(1): "command").
 */
export function quotePosix(text: string): string {
  return /^[\w%+,./:=@^-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
