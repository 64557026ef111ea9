import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Evidence } from "../../src/host/evidence.js";
import { readEvidence } from "../../src/host/evidence-file.js";
import { replayHost } from "../../src/host/replay.js";
import { kinds } from "../../src/kinds/index.js";
import type { Layout } from "../../src/layout/layout.js";
import { scan } from "../../src/scan.js";

/** One of the recordings of the server: see `fixtures/drift/README.md`. */
export function recording(name: "server" | "rebooted" | "one-path-less" | "lun-pulled"): Evidence {
  return readEvidence(readFileSync(join(import.meta.dirname, `../fixtures/drift/${name}.json`), "utf8"));
}

/** What a scan of it makes. */
export async function layoutOf(evidence: Evidence): Promise<Layout> {
  return (await scan(replayHost(evidence), { kinds })).layout;
}
