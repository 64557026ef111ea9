import type { Evidence } from "../../src/host/evidence.js";

/** A source of random numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}

/** Whole disks and device-mapper devices; of NVMe the namespaces. */
const KERNEL_NAME = /\b(sd[a-z]+|vd[a-z]+|nvme\d+n\d+|dm-\d+)(?=p\d+\b|\d*\b)/g;

/**
 * The same machine after a boot that gave its disks, and its device-mapper devices, each other's kernel names, and in
 * which every tool and udev tell of them in another order. What a device is called by its contents stays.
 */
export function rebooted(evidence: Evidence, seed: number): Evidence {
  const random = randomOf(seed);
  const text = JSON.stringify(evidence);
  const names = [...new Set([...text.matchAll(KERNEL_NAME)].map(([name]) => name))];
  const renamed = new Map<string, string>();
  for (const sort of ["sd", "vd", "nvme", "dm-"]) {
    const own = names.filter((name) => name.startsWith(sort));
    for (const [at, name] of shuffled(own, random).entries()) renamed.set(own[at] as string, name);
  }
  const again = JSON.parse(text.replace(KERNEL_NAME, (name) => renamed.get(name) ?? name)) as Evidence;
  return {
    ...again,
    commands: shuffled(again.commands, random).map((record) => ({
      ...record,
      stdout: inAnotherOrder(record.argv, record.stdout, random),
    })),
    files: again.files.map((file) => ("names" in file ? { ...file, names: [...file.names].sort() } : file)),
  };
}

function inAnotherOrder(argv: readonly string[], stdout: string, random: () => number): string {
  if (argv.includes("--export-db")) {
    return `${shuffled(stdout.split("\n\n").filter(Boolean), random).join("\n\n")}\n\n`;
  }
  if (!["pvs", "vgs", "lvs"].includes(argv[0] as string)) return stdout;
  const { report } = JSON.parse(stdout) as { report: readonly Record<string, readonly unknown[]>[] };
  const rows = report.map((part) =>
    Object.fromEntries(Object.entries(part).map(([name, list]) => [name, shuffled(list, random)])),
  );
  return JSON.stringify({ report: rows });
}
