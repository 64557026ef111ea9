import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupScope } from "../../src/adapter/scope.js";
import { replayHost } from "../../src/host/replay.js";
import { kinds } from "../../src/kinds/index.js";
import { LayoutSchema } from "../../src/layout/layout-schema.js";
import { buildPlan } from "../../src/plan/build.js";
import { readRecoverySet, writeRecoverySet } from "../../src/recovery-set/index.js";
import { renderBmrCommands } from "../../src/render/commands.js";
import { scan } from "../../src/scan.js";
import { isForeign, looseReplayHost } from "../../src/testkit/loose-replay.js";
import { recordedSystems } from "../testkit/recorded-systems.js";
import { ORIGIN } from "./sample.js";

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), "bmr-recorded-"));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe.skipIf(recordedSystems.length === 0)("the recovery set of a recorded system", () => {
  it.each(recordedSystems.map((system) => [system.name, system] as const))(
    "%s is written and read again",
    async (name, system) => {
      const evidence = system.evidence();
      const host = isForeign(evidence) ? looseReplayHost(evidence) : replayHost(evidence);
      const { layout } = await scan(host, { kinds });
      const { plan, files } = buildPlan(layout, kinds, [{ findings: backupScope(layout).findings }]);
      const directory = join(parent, name);
      const contents = { layout, plan, files, commands: renderBmrCommands(plan), program: null, evidence: null };
      await writeRecoverySet(directory, contents, ORIGIN);
      const set = await readRecoverySet(directory);
      expect(set.layout).toEqual(JSON.parse(JSON.stringify(layout)));
      expect(set.plan).toEqual(JSON.parse(JSON.stringify(plan)));
      // what a schema leaves out, or changes, would be lost in silence
      expect(LayoutSchema.parse(set.layout)).toEqual(set.layout);
    },
  );
});
