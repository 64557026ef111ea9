import { describe, expect, test } from "vitest";
import { readMachine, sysinfoPlaces } from "../../src/layout/machine.js";
import { evidenceFixture, replayHost } from "../../src/testkit/index.js";

// Typed by hand after arch/s390/kernel/sysinfo.c.
const lpar = `Manufacturer:         IBM
Type:                 8561
Model:                701              T01
Sequence Code:        00000000000ABCDE
Plant:                02

LPAR Number:          12
LPAR Name:            LP01
`;

const zvm = `${lpar}
VM00 Name:            LINUX001
VM00 Control Program: z/VM    7.2.0
VM00 Adjustment:      83
`;

const kvm = `${lpar}
VM00 Name:            guest
VM00 Control Program: KVM/Linux
VM00 UUID:            6F1B2C3D-0000-4000-8000-00000000CAFE
`;

describe("/proc/sysinfo", () => {
  test("tells the LPAR, the z/VM guest, the KVM guest", () => {
    expect(sysinfoPlaces(lpar)).toEqual(["lpar:8561-00000000000ABCDE/LP01"]);
    expect(sysinfoPlaces(zvm)).toEqual(["zvm:8561-00000000000ABCDE.LP01/LINUX001"]);
    expect(sysinfoPlaces(kvm)).toEqual(["kvm:6f1b2c3d-0000-4000-8000-00000000cafe"]);
    expect(sysinfoPlaces("Manufacturer: IBM\n")).toEqual([]);
  });
});

describe("a machine", () => {
  const read = (files: Readonly<Record<string, string>>) =>
    readMachine(replayHost(evidenceFixture({ files, commands: [{ argv: ["uname", "-m"], stdout: "x86_64\n" }] })));

  test("has its name, its architecture, its system and its places", async () => {
    expect(
      await read({
        "/proc/sys/kernel/hostname": "server\n",
        "/etc/os-release": `NAME='SLES "x"'\nVERSION_ID="15.\\$6"\nID=sles\n`,
        "/sys/class/dmi/id/product_uuid": "4C4C4544-0042-3510-8052-B4C04F463332\n",
      }),
    ).toEqual({
      hostname: "server",
      architecture: "x86_64",
      system: 'SLES "x" 15.$6',
      places: ["dmi:4c4c4544-0042-3510-8052-b4c04f463332"],
    });
  });

  test("of before os-release, and with firmware that was never given a uuid", async () => {
    expect(
      await read({
        "/etc/hostname": "old\n",
        "/etc/SuSE-release": "SUSE LINUX Enterprise Server 9 (s390x)\nVERSION = 9\n",
        "/sys/class/dmi/id/product_uuid": "03000200-0400-0500-0006-000700080009\n",
      }),
    ).toEqual({
      hostname: "old",
      architecture: "x86_64",
      system: "SUSE LINUX Enterprise Server 9 (s390x)",
      places: [],
    });
  });
});
