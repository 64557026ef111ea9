import { describe, expect, test } from "vitest";
import { networkFindings, readNetwork } from "../../src/layout/network.js";
import { evidenceFixture, replayHost } from "../../src/testkit/index.js";

const [ETH0, ETH1] = [
  { name: "eth0", address: "52:54:00:aa:00:01" },
  { name: "eth1", address: "52:54:00:aa:00:02" },
];

describe("network devices", () => {
  test("are those on hardware, by the address that they came with", async () => {
    const host = replayHost(
      evidenceFixture({
        links: { "/sys/class/net/eth0/device": "../../../virtio0", "/sys/class/net/eth1/device": "../../../virtio1" },
        files: {
          "/sys/class/net": ["bond0", "eth0", "eth1", "lo"],
          "/sys/class/net/eth0/address": "52:54:00:AA:00:01\n",
          "/sys/class/net/eth1/address": "52:54:00:aa:00:01\n",
          "/sys/class/net/eth1/bonding_slave/perm_hwaddr": "52:54:00:aa:00:02\n",
          "/sys/class/net/bond0/address": "52:54:00:aa:00:01\n",
          "/sys/class/net/lo/address": "00:00:00:00:00:00\n",
        },
      }),
    );
    expect(await readNetwork(host)).toEqual([ETH0, ETH1]);
  });

  test("aren't known where nobody told", async () => {
    expect(await readNetwork(replayHost(evidenceFixture({})))).toBeUndefined();
    expect(networkFindings(undefined, [ETH0])).toEqual([]);
  });

  test("that differ are a finding, whatever they are called here", () => {
    expect(networkFindings([ETH0], [{ name: "ens3", address: ETH0.address }])).toEqual([]);
    expect(networkFindings([ETH0, ETH1], [ETH0])).toEqual([
      expect.objectContaining({
        severity: "warning",
        message: expect.stringMatching(/aren't here: eth1 52:54:00:aa:00:02; here are: eth0/),
      }),
    ]);
  });
});
