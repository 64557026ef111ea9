import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseMapsJson } from "../../src/kinds/multipath/parse-json.js";
import { parseMultipathList } from "../../src/kinds/multipath/parse-list.js";
import { recordedOutputs } from "../recordings/recorded-outputs.js";

/** Captured in the VM lab: multipath-tools 0.9.4, two LUNs over two virtio-scsi adapters; in `failed` one path is offline. */
const fixture = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../fixtures/multipath/${name}`, import.meta.url)), "utf8");

const healthy = [
  { wwid: "35000c500a0000001", name: "lunalias", product: "LAB,LUN", paths: ["sda", "sdc"] },
  { wwid: "35000c500a0000002", name: "mpathz", product: "LAB,LUN", paths: ["sdd", "sdb"] },
];

function brief(parsed: ReturnType<typeof parseMultipathList>) {
  if (parsed.is === "unknown") return parsed.failure;
  return parsed.facts.map(({ wwid, name, product, groups }) => ({
    wwid,
    name,
    product,
    paths: groups.flatMap(({ paths }) => paths.map(({ device }) => device)),
  }));
}

function states(parsed: ReturnType<typeof parseMultipathList>) {
  if (parsed.is === "unknown") return parsed.failure;
  return parsed.facts[0]?.groups.map(({ policy, paths }) => [policy, paths[0]?.dmState, paths[0]?.checker]);
}

describe("multipathd and multipath say the same", () => {
  test("of healthy maps", () => {
    expect(brief(parseMapsJson(fixture("show-maps.json"), "json"))).toEqual(healthy);
    expect(brief(parseMultipathList(fixture("list-0.9.4.txt"), "list"))).toEqual(healthy);
  });

  test("of a failed path", () => {
    // the daemon has taken the path out of the map; multipath was asked some seconds before it did
    expect(states(parseMapsJson(fixture("show-maps-failed.json"), "json"))).toEqual([
      ["service-time 0", "failed", "faulty"],
      ["service-time 0", "active", "ready"],
    ]);
    expect(states(parseMultipathList(fixture("list-failed-0.9.4.txt"), "list"))).toEqual([
      ["service-time 0", "active", "faulty"],
      ["service-time 0", "active", "ready"],
    ]);
  });
});

// Typed by hand after the printf formats of multipath-tools 0.4.5 and 0.4.7: no capture of SLES 9 or 10 could be found.
const old = `mpath1 (3600601f0d057000019fc7845f46fe011)
[size=25 GB][features="0"][hwhandler="0"]
\\_ round-robin 0 [prio=2][active]
 \\_ 1:0:3:50 sdy 65:128 [active][ready]
 \\_ 0:0:2:50 sdl 8:176  [active][ready]
\\_ round-robin 0 [enabled]
 \\_ 1:0:2:50 sdx 65:112 [failed][faulty]

36005076303ffc56200000000000010ccdm-4 IBM,2107900
[size=1.0G][features=1 queue_if_no_path][hwhandler=0][rw]
\\_ round-robin 0 [prio=1][active]
 \\_ 0:0:0:1 sda 8:0   [active][ready]
`;

describe("the list of multipath", () => {
  test("of old versions", () => {
    const parsed = parseMultipathList(old, "multipath -ll");
    expect(brief(parsed)).toEqual([
      { wwid: "3600601f0d057000019fc7845f46fe011", name: "mpath1", product: "", paths: ["sdy", "sdl", "sdx"] },
      {
        wwid: "36005076303ffc56200000000000010cc",
        name: "36005076303ffc56200000000000010cc",
        product: "IBM,2107900",
        paths: ["sda"],
      },
    ]);
    expect(parsed.is === "known" && parsed.facts[0]?.groups[1]?.paths[0]).toEqual({
      device: "sdx",
      dmState: "failed",
      checker: "faulty",
    });
    expect(parsed.is === "known" && parsed.facts[1]?.features).toBe("1 queue_if_no_path");
  });

  test("is empty where there is no map", () => {
    expect(parseMultipathList("\n", "multipath -ll")).toEqual({ is: "known", facts: [] });
  });

  test("names a line that it doesn't understand", () => {
    const parsed = parseMultipathList(
      "mpatha (3600) dm-2 A,B\nsize=1G features='0' hwhandler='0' wp=rw\nwhat?\n",
      "list",
    );
    expect(parsed).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", line: "what?" } });
    expect(parseMapsJson('{"maps": 1}', "json")).toMatchObject({ is: "unknown", failure: { line: '{"maps": 1}' } });
  });

  const captured = [
    ...recordedOutputs("insights-core/multipath_v4_ll.json"),
    ...recordedOutputs("libstorage-ng/multipath.json"),
  ];
  test.skipIf(captured.length === 0)("of other systems, as other projects recorded it", () => {
    const names = captured.map((text) => {
      const parsed = parseMultipathList(text, "multipath -ll");
      return parsed.is === "known" ? parsed.facts.map(({ name, wwid }) => `${name}=${wwid}`) : parsed.failure;
    });
    expect(names.flat()).toEqual(
      expect.arrayContaining([
        "mpathg=36f01faf000da360b0000033c528fea6d",
        "mpatha=1IET     00080001",
        "1IET     00080001=1IET     00080001",
        "mpathb=1IET     00080002",
        "mpathc=test_with_no_devs",
        "36005076305ffc73a00000000000013b5=36005076305ffc73a00000000000013b5",
        "QEMU_HARDDISK_38ffda4567ec4e2785ab=QEMU_HARDDISK_38ffda4567ec4e2785ab",
      ]),
    );
    expect(names.filter((name) => !Array.isArray(name))).toEqual([]);
  });
});
