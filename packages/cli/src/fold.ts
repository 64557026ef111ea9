/** A terminal's width: a 3270 and a serial console have no more. */
const COLUMNS = 80;

/** Breaks a line between words where it is too long; what follows is set in. A word that is too long stays whole. */
export function fold(line: string, indent: number): string {
  const lines: string[] = [];
  const set = line.search(/\S|$/);
  const [first, ...words] = line.slice(set).split(" ");
  let current = `${line.slice(0, set)}${first}`;
  for (const word of words) {
    const longer = `${current} ${word}`;
    if (longer.length <= COLUMNS) {
      current = longer;
      continue;
    }
    lines.push(current);
    current = `${" ".repeat(indent)}${word}`;
  }
  return [...lines, current].join("\n");
}

/** A time for people: `42 s`, `3:05`, `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0");
  return hours === 0 ? `${minutes}:${padded}` : `${hours}:${String(minutes).padStart(2, "0")}:${padded}`;
}
