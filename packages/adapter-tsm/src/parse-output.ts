import type { AdapterEvent, OutputLine } from "@bmr/core";

/**
 * What a line of dsmc means. On a terminal dsmc overwrites its lines; through a pipe each is whole, and numbers carry
 * thousands separators.
 */
export function parseOutput({ text }: OutputLine): readonly AdapterEvent[] {
  const line = text.trim();
  return file(line) ?? processed(line) ?? total(line) ?? prompt(line) ?? message(line) ?? [];
}

/** `Restoring   1,200,227 /src --> /dst [Done]`; directories too. */
const FILE =
  /^(?:Restoring|Normal File-->|Directory-->|Symbolic Link-->|Special File-->) +([\d,.']+) (\/.*?)(?: --> .*)? +\[(?:Done|Sent)\]$/;

function file(line: string): readonly AdapterEvent[] | undefined {
  const found = FILE.exec(line);
  if (found === null) return undefined;
  return [{ is: "progress", bytes: numberOf(found[1] as string), path: found[2] as string }];
}

/** `ANS1898I ***** Processed     1,000 files *****` */
function processed(line: string): readonly AdapterEvent[] | undefined {
  const found = /^ANS1898I \*+ *Processed +([\d,.']+) files/.exec(line)?.[1];
  return found === undefined ? undefined : [{ is: "progress", objects: numberOf(found) }];
}

const TOTALS = {
  "Total number of objects restored": "objects",
  "Total number of objects backed up": "objects",
  "Total number of objects failed": "failed",
  "Total number of bytes transferred": "bytes",
} as const;

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
  PB: 2 ** 50,
};

function total(line: string): readonly AdapterEvent[] | undefined {
  const found = /^(Total number of [a-z ]+): +([\d,.']+) *([KMGTP]?B)?$/.exec(line);
  const of = TOTALS[found?.[1] as keyof typeof TOTALS];
  if (found === null || of === undefined) return undefined;
  const unit = found[3];
  // 2.37 GB: what stands with a unit is no integer, and its point is a decimal one under -numberformat=1
  const count = unit === undefined ? numberOf(found[2] as string) : Number((found[2] as string).replace(/,/g, ""));
  return [{ is: "total", of, count: Math.round(count * (UNITS[unit ?? "B"] as number)) }];
}

function prompt(line: string): readonly AdapterEvent[] | undefined {
  const asks = /^Please enter (?:your user id|password)|^--- User Action is Required ---|^Action \[/.test(line);
  return asks ? [{ is: "prompt", text: line }] : undefined;
}

const SEVERITIES = { I: "note", W: "warning", E: "error", S: "error" } as const;

/** `ANS4037E Object '/var/log/x' changed during processing.` */
function message(line: string): readonly AdapterEvent[] | undefined {
  const severity = /^AN[SRE]\d{4}([IWES])\b/.exec(line)?.[1];
  if (severity === undefined) return undefined;
  const path = /'(\/[^']*)'/.exec(line)?.[1];
  const event = { is: "message", severity: SEVERITIES[severity as keyof typeof SEVERITIES], text: line } as const;
  return [path === undefined ? event : { ...event, path }];
}

function numberOf(text: string): number {
  return Number(text.replace(/[,.']/g, ""));
}
