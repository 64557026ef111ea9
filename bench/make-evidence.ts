/**
 * Writes the evidence of a server on paper: `make-evidence.ts LUNS FILE`. The scan itself asks the server, so that the
 * evidence holds what the probes ask today, and nothing else.
 */
import { writeFileSync } from "node:fs";
import { kinds, recordingHost, scan, writeEvidence } from "@bmr/core";
import { paperHost } from "./paper/host.js";
import { paperServer } from "./paper/server.js";

const [luns, file] = process.argv.slice(2);
if (luns === undefined || file === undefined) throw new Error("make-evidence.ts LUNS FILE");
const recording = recordingHost(paperHost(paperServer(Number(luns))));
await scan(recording.host, { kinds });
writeFileSync(file, writeEvidence(recording.evidence({ name: "paper", arch: "x86_64" })));
