import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { hostPackages, installPackages, missingPackages } from "./lab/debian.js";
import { clock, progress } from "./lab/progress.js";
import { runScenario } from "./lab/run-scenario.js";
import { becomeRoot, exitOnSignals, hasSudo, isCi, isRoot } from "./lab/session.js";
import { main } from "./scenarios/main.js";

const story = [
  "This shows a bare-metal restore from end to end, in virtual machines on this computer:",
  "  1. A Debian server is installed on two multipathed LUNs: msdos and GPT partitions, LVM over both LUNs,",
  "     ext2, ext3 and ext4, two swaps. It boots, is scanned and backed up.",
  "  2. Its disks are taken away. Blank ones come, attached in another order.",
  "  3. A rescue system rebuilds the storage, restores the files, makes it boot: one command.",
  "  4. The server boots from the new disks and is compared with the lost one, file by file and layout by layout.",
  "It takes about 15 minutes the first time, needs 6 GB of disk below .cache/, and no network inside the machines.",
];

/** Says what will be installed and done as root; asks where neither root nor CI has said yes already. */
async function consent(): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) process.stdout.write("All Debian packages that it needs are installed.\n");
  else {
    process.stdout.write("It installs these Debian packages here with apt-get:\n");
    for (const name of missing) process.stdout.write(`  ${name.padEnd(16)} ${hostPackages[name]}\n`);
  }
  if (isRoot()) return;
  if (!hasSudo()) stop("It must run as root, and there is no sudo here: become root (su -) and run it again.");
  process.stdout.write("It must run as root, and does so by sudo.\n");
  if (isCi()) return;
  if ((await ask("Go on? Type yes: ")) !== "yes") stop("Nothing was done.");
}

/** What is typed, or undefined when nobody can: standard input is closed. */
async function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await Promise.race([
      terminal.question(question).then((answer) => answer.trim()),
      once(terminal, "close").then(() => undefined),
    ]);
  } finally {
    terminal.close();
  }
}

function stop(why: string): never {
  process.stdout.write(`${why}\n`);
  process.exit(1);
}

process.stdout.write(`${story.join("\n")}\n\n`);
await consent();
if (!isRoot()) becomeRoot();
exitOnSignals();
const begin = Date.now();
await installPackages();
const verdict = await runScenario(main, true);
progress(verdict.passed ? "The server is back." : "The server is not back; what went wrong stands above.");
process.stdout.write(`Total time: ${clock(Date.now() - begin)}\n`);
process.exitCode = verdict.passed ? 0 : 1;
