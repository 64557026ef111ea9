import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/host/evidence.js";
import type { ProbeHost } from "../../src/host/host.js";
import { replayHost } from "../../src/host/replay.js";
import { type LvmFacts, probeLvm } from "../../src/kinds/lvm/index.js";
import { inventoryOf } from "../../src/layout/inventory.js";
import { evidenceFixture } from "../../src/testkit/index.js";
import { changed, codes, evidence, layoutOf, without } from "./lvm-fixture.js";

const NOBODY = inventoryOf([]);

describe("the probe", () => {
  const known = async (host: ProbeHost): Promise<LvmFacts> => {
    const probed = await probeLvm(host);
    if (probed.is === "unknown") throw new Error(probed.failure.message);
    return probed.facts;
  };

  test("reads the text of an LVM that knows no JSON to the same facts", async () => {
    const old: Evidence = {
      ...evidence,
      commands: evidence.commands.flatMap((command) => {
        const [program] = command.argv;
        if (!["pvs", "vgs", "lvs"].includes(program)) return [command];
        const columns = (command.argv.at(-1) as string).split(",");
        const rows = (Object.values(JSON.parse(command.stdout).report[0])[0] as Record<string, string>[]).map(
          (row) => `  ${columns.map((column) => row[column]).join("|")}\n`,
        );
        const [, , , , form, ...rest] = command.argv;
        return [
          {
            ...command,
            outcome: { is: "exited", code: 3 } as const,
            stdout: "",
            stderr: `${program}: unrecognized option '--reportformat'\n`,
          },
          {
            ...command,
            argv: [program, "--noheadings", "--separator", "|", "--config", form as string, ...rest] as const,
            stdout: rows.join(""),
          },
        ];
      }),
    };
    expect(await known(replayHost(old))).toEqual(await known(replayHost(evidence)));
  });

  test("removes the directory that it had made, whatever happened in it", async () => {
    const asked: string[][] = [];
    const replayed = replayHost(without("vgcfgbackup"));
    await known({
      ...replayed,
      run: (argv) => {
        asked.push([...argv]);
        return replayed.run(argv);
      },
    });
    const directory = evidence.commands.find(({ argv }) => argv[0] === "mktemp")?.stdout.trim();
    expect(asked.at(-1)).toEqual(["rm", "--recursive", directory]);
  });

  const bare = (outcome: "missing" | "failing") => {
    const how =
      outcome === "missing" ? ({ outcome: { is: "missing" } } as const) : { exit: 5, stderr: "  Locking failed\n" };
    const commands = evidence.commands
      .filter(({ argv }) => ["pvs", "vgs", "lvs"].includes(argv[0]))
      .map(({ argv }) => ({ argv, ...how }));
    return replayHost(evidenceFixture({ commands }));
  };

  test("finds nothing where LVM isn't installed and nothing has its signature", async () => {
    expect(await probeLvm(bare("missing"), NOBODY)).toEqual({
      is: "known",
      facts: { pvs: [], vgs: [], lvs: [], backups: new Map(), leftBehind: null, remarks: [], devicesFile: false },
    });
  });

  test("fails where it isn't installed and something has", async () => {
    const found = await layoutOf({
      ...evidence,
      commands: evidence.commands.map((command) =>
        ["pvs", "vgs", "lvs"].includes(command.argv[0]) ? { ...command, outcome: { is: "missing" } as const } : command,
      ),
    });
    expect(codes(found)).toEqual(["lvm/probe-missing "]);
  });

  test("fails where it fails, whatever there is", async () => {
    expect(await probeLvm(bare("failing"), NOBODY)).toMatchObject({
      is: "unknown",
      failure: { reason: "failed", message: expect.stringContaining("Locking failed") },
    });
  });

  test.each([
    ["pvs", "no JSON", () => "{"],
    ["pvs", "a number that is none", (out: string) => out.replace('"pe_start":"1048576"', '"pe_start":"1.00m"')],
    ["vgs", "a policy that isn't known", (out: string) => out.replace('"wz--n-"', '"wz--q-"')],
    ["lvs", "a range that is none", (out: string) => out.replace("/dev/sdb7:0-7", "/dev/sdb7")],
    ["lvs", "a volume without UUID", (out: string) => out.replace(/"lv_uuid":"[^"]*"/, '"lv_uuid":""')],
  ])("%s: %s is a failure with the row in it", async (program, _what, change) => {
    const probed = await probeLvm(replayHost(changed({ [program]: change })));
    expect(probed).toMatchObject({ is: "unknown", failure: { reason: "unexpected-output", source: program } });
  });

  test("what LVM says beside its answers is a warning, once; settings that it doesn't know are none", async () => {
    const found = await layoutOf({
      ...evidence,
      commands: evidence.commands.map((command) =>
        ["pvs", "vgs"].includes(command.argv[0])
          ? {
              ...command,
              stderr: '  WARNING: PV /dev/sdx is odd.\n  Configuration setting "log/report_command_log" unknown.\n',
            }
          : command,
      ),
    });
    expect(found.findings.filter(({ code }) => code === "lvm/remark").map(({ message }) => message)).toEqual([
      "LVM says: WARNING: PV /dev/sdx is odd.",
    ]);
  });

  test("a list of devices is noted: on other disks it would hide the groups", async () => {
    const files = [...evidence.files, { path: "/etc/lvm/devices/system.devices", content: "#" }];
    expect(codes(await layoutOf({ ...evidence, files })).at(-1)).toBe("lvm/devices-file ");
  });
});
