/** The options of a mount, one each: a comma inside double quotes (`context="…c1,c2"`) doesn't separate. */
export function splitOptions(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|[^,"]|"(?![^"]*"))+/g)].map((match) => match[0]);
}
