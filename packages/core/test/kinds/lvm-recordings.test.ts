import { describe, expect, test } from "vitest";
import { lvsOf } from "../../src/kinds/lvm/parse-lvs.js";
import { pvOf } from "../../src/kinds/lvm/parse-pvs.js";
import { vgOf } from "../../src/kinds/lvm/parse-vgs.js";
import { parseJsonRows, type Row } from "../../src/kinds/lvm/report.js";
import { isSnapshot, whyVolumeNotRebuilt } from "../../src/kinds/lvm/rules.js";
import { recordedOutputs } from "../recordings/recorded-outputs.js";

/** Reports that another project recorded from many systems, with fewer columns than are asked for here. */
const recorded = (tool: string): [number, readonly Row[]][] =>
  recordedOutputs(`libstorage-ng/${tool}.json`).map((stdout, at) => {
    const rows = parseJsonRows(stdout, tool);
    if (rows.is === "unknown") throw new Error(rows.failure.message);
    return [at, rows.facts];
  });

const [pvs, vgs, lvs] = [recorded("pvs"), recorded("vgs"), recorded("lvs")];

describe.skipIf(lvs.length === 0)("reports that others recorded", () => {
  test.each(pvs)("pvs %i", (_at, rows) => {
    const found = rows.map(pvOf);
    expect(found).toHaveLength(rows.length);
    for (const [at, row] of rows.entries()) {
      const isMissing = row.pv_name === "[unknown]";
      const device = isMissing ? null : row.pv_name;
      expect(found[at]).toMatchObject({
        device,
        uuid: row.pv_uuid,
        group: row.vg_uuid,
        state: isMissing ? "missing" : "ok",
      });
      expect(found[at]?.metadataAreas).toBeNull();
    }
  });

  test.each(vgs)("vgs %i", (_at, rows) => {
    for (const row of rows) {
      expect(vgOf(row)).toMatchObject({ name: row.vg_name, extentBytes: Number(row.vg_extent_size), maxPvs: null });
    }
  });

  test.each(lvs)("lvs %i: only plain volumes are rebuilt", (_at, rows) => {
    const found = lvsOf(rows);
    expect(found).toHaveLength(rows.length);
    for (const [at, volume] of found.entries()) {
      const row = rows[at] as Row;
      expect(volume).toMatchObject({
        uuid: row.lv_uuid,
        bytes: Number(row.lv_size),
        hidden: row.lv_name?.startsWith("["),
      });
      const isPlain = /^[-o]/.test(row.lv_attr ?? "") && ["linear", "striped"].includes(row.segtype ?? "");
      expect([volume.name, whyVolumeNotRebuilt(volume, new Set()) === undefined]).toEqual([volume.name, isPlain]);
      expect(isSnapshot(volume)).toBe(/^s/i.test(row.lv_attr ?? ""));
    }
  });
});
