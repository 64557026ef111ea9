/**
 * The value of a question in debconf's database (debconf-devel(7); /var/cache/debconf/config.dat): stanzas of
 * `Name: value` lines. Null where the question isn't there or has no answer.
 */
export function debconfValue(text: string, question: string): string | null {
  for (const stanza of text.split(/\n{2,}/)) {
    if (!new RegExp(`^Name: ${question}$`, "m").test(stanza)) continue;
    return /^Value: ?(.*)$/m.exec(stanza)?.[1]?.trim() || null;
  }
  return null;
}
