import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readEvidence } from "../../src/host/evidence-file.js";
import { replayHost } from "../../src/host/replay.js";
import { probeMounts } from "../../src/kinds/mount/index.js";
import { readInventory } from "../../src/layout/read-inventory.js";
import { layoutFrom } from "./mount-layout.js";

const recordings =
  process.env.BMR_RECORDINGS ?? resolve(dirname(fileURLToPath(import.meta.url)), "../../../../../shared/recordings");

interface Expected {
  readonly filesystems: readonly {
    readonly device?: string;
    readonly devices?: readonly string[];
    readonly mounts: readonly string[];
    readonly fstab?: readonly string[] | null;
  }[];
}

const systems = existsSync(recordings)
  ? readdirSync(recordings).filter((name) => existsSync(join(recordings, name, "expected.json")))
  : [];

describe.skipIf(systems.length === 0)("servers that others recorded", () => {
  test.each(systems)("%s", async (name) => {
    const host = replayHost(readEvidence(readFileSync(join(recordings, name, "evidence.json"), "utf8")));
    const probed = await probeMounts(host);
    if (probed.is === "unknown") {
      expect(probed.failure).toMatchObject({ reason: "not-recorded", source: "/proc/mounts" });
      return;
    }
    expect(probed.facts.oddLines).toEqual([]);
    const { inventory } = await readInventory(host);
    const layout = layoutFrom(inventory, probed);
    const expected: Expected = JSON.parse(readFileSync(join(recordings, name, "expected.json"), "utf8"));
    for (const { device, devices = [device], mounts, fstab } of expected.filesystems) {
      const ids = devices.map((one) => `disk:${one}`);
      const own = layout.mounts.filter(({ source }) => source.is === "node" && ids.includes(source.node));
      const shown = layout.mounts.filter(
        ({ at, source }) =>
          own.some((mount) => mount.at === at) ||
          (source.is === "bind" && own.some((mount) => mount.at === source.path)),
      );
      const places = shown.filter(({ active }) => active).map(({ at }) => at);
      // one recording tells its devices by sysfs alone, and no list of its directories
      if (devices.every((one) => inventory.find(one ?? "") === undefined)) continue;
      // the graph of some recordings shows only the first of several mounts of a device
      expect([device, places]).toEqual([device, expect.arrayContaining([...mounts])]);
      const listed = shown.filter((mount) => mount.fstab !== null).map(({ at }) => at);
      if (fstab) expect([device, listed]).toEqual([device, expect.arrayContaining([...fstab])]);
    }
  });
});
