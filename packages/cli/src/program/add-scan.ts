import type { Command } from "commander";
import { scanCommand } from "../commands/scan.js";
import { type AdapterFlags, adapterFlags, chosenAdapter, DEFAULT_SET, type Frame, opened } from "./common.js";

/** `bmr scan` */
export function addScan(program: Command, frame: Frame): void {
  adapterFlags(
    program
      .command("scan")
      .description("look at a server and print its storage as a tree")
      .option("--out <dir>", "write the recovery set into this directory")
      .option("--evidence <file>", "look at a recording instead of this machine")
      .option("--record <file>", "record everything that the machine said")
      .option("--accept-loss", "write the set though something was lost, or is damaged, since the last one")
      .option("--json", "one JSON document: schemaVersion, layout, plan, findings")
      .option("--ascii", "draw with ASCII characters only"),
  ).action(async (flags: ScanFlags, command: Command) => {
    const { io, settings } = await opened(frame, command);
    frame.setExit(
      await scanCommand(io, frame.openHost(), {
        evidence: flags.evidence,
        record: flags.record,
        out: flags.out,
        json: flags.json === true,
        ascii: flags.ascii === true || !io.unicode,
        chosen: await chosenAdapter(settings, flags),
        setDirectory: settings.set ?? DEFAULT_SET,
        trust: settings.trust,
        signingKey: settings.signingKey,
        acceptLoss: flags.acceptLoss === true,
      }),
    );
  });
}

interface ScanFlags extends AdapterFlags {
  readonly evidence?: string;
  readonly record?: string;
  readonly acceptLoss?: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly ascii?: boolean;
}
