import * as z from "zod";
import type { ProbeHost } from "../host/host.js";
import type { Finding } from "./finding.js";

/** A network device of the machine's own hardware: not a bridge, a bond, a tunnel. */
export interface NetworkDevice {
  /** What it was called: `eth0`, `enp1s0`, `enc1000`. */
  readonly name: string;
  /** Its own hardware address, lower case, `52:54:00:12:34:56`: of one that a bond uses, the address that it came with. */
  readonly address: string;
}

/** Checks a network device read from a file. */
export const NetworkDeviceSchema: z.ZodType<NetworkDevice> = z.strictObject({ name: z.string(), address: z.string() });

const DIRECTORY = "/sys/class/net";

/** The network devices that stand on hardware, by name; undefined where nobody told. */
export async function readNetwork(host: ProbeHost): Promise<readonly NetworkDevice[] | undefined> {
  const listed = await host.list(DIRECTORY);
  if (listed.is !== "directory") return undefined;
  const found = await Promise.all(listed.names.map((name) => readDevice(host, name)));
  return found.filter((device) => device !== undefined);
}

/** What has no `device` in sysfs is made by software (Documentation/ABI/testing/sysfs-class-net). */
async function readDevice(host: ProbeHost, name: string): Promise<NetworkDevice | undefined> {
  const hardware = await host.readlink(`${DIRECTORY}/${name}/device`);
  if (hardware.is !== "link") return undefined;
  // a bond gives all of its devices one address
  const read = await Promise.all(
    ["bonding_slave/perm_hwaddr", "address"].map((attribute) => host.read(`${DIRECTORY}/${name}/${attribute}`)),
  );
  const [address] = read.flatMap((one) => (one.is === "file" ? [one.content.trim().toLowerCase()] : []));
  // all zeros: the device hasn't one of its own (ipvlan, some tunnels)
  return address === undefined || /^[0:]*$/.test(address) ? undefined : { name, address };
}

/** The recorded network devices that aren't here. */
export function missingNetwork(
  recorded: readonly NetworkDevice[] | undefined,
  here: readonly NetworkDevice[] | undefined,
): readonly NetworkDevice[] {
  if (recorded === undefined || here === undefined) return [];
  const addresses = new Set(here.map(({ address }) => address));
  return recorded.filter(({ address }) => !addresses.has(address));
}

/** What there is to say where network devices differ: bmr restores disks, and no address that the network gave out. */
export function networkFindings(
  recorded: readonly NetworkDevice[] | undefined,
  here: readonly NetworkDevice[] | undefined,
): readonly Finding[] {
  const missing = missingNetwork(recorded, here);
  if (missing.length === 0) return [];
  const show = (devices: readonly NetworkDevice[]) =>
    devices.map(({ name, address }) => `${name} ${address}`).join(", ") || "none";
  return [
    {
      code: "network/other-devices",
      severity: "warning",
      message: `network devices that the server had aren't here: ${show(missing)}; here are: ${show(here ?? [])}`,
      remedy:
        "before it boots, or on its console: look at what names them in /etc: udev/rules.d/70-persistent-net.rules, systemd/network/*.link, ifcfg-* (HWADDR), netplan (match: macaddress), NetworkManager/system-connections, network/interfaces",
    },
  ];
}
