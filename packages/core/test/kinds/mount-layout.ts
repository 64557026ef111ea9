import type { Evidence } from "../../src/host/evidence.js";
import type { Probed } from "../../src/host/probed.js";
import { replayHost } from "../../src/host/replay.js";
import { mountKind, probeMounts } from "../../src/kinds/mount/index.js";
import { assemble } from "../../src/layout/assemble.js";
import type { Finding } from "../../src/layout/finding.js";
import type { NodeId } from "../../src/layout/ids.js";
import { type BlockDevice, type Inventory, inventoryOf } from "../../src/layout/inventory.js";
import type { Layout } from "../../src/layout/layout.js";
import type { NodeSource } from "../../src/layout/node-source.js";

/** A device of a made-up machine, typed by hand: an ext4 on it unless said otherwise. */
export function device(
  name: string,
  major: number,
  minor: number,
  more: Partial<BlockDevice> & { readonly uuid?: string; readonly label?: string; readonly fs?: string | null } = {},
): BlockDevice {
  const { uuid, label, fs = "ext4", ...rest } = more;
  return {
    name,
    path: `/dev/${name}`,
    type: "disk",
    major,
    minor,
    properties: {},
    links: [],
    bytes: 1 << 30,
    readOnly: false,
    removable: false,
    sectorBytes: 512,
    physicalSectorBytes: 512,
    slaves: [],
    partition: null,
    dm: null,
    signature:
      fs === null
        ? null
        : {
            type: fs,
            uuid: uuid ?? `uuid-${name}`,
            label: label ?? null,
            usage: "filesystem",
            tableType: null,
            tableUuid: null,
          },
    signatureKnown: true,
    ...rest,
  };
}

/** A stand-in for the kinds below: a disk node for each device, with the content that it carries. */
const below: NodeSource<readonly BlockDevice[]> = {
  kind: "below",
  probe: async (_host, inventory) => ({ is: "known", facts: inventory.devices }),
  nodes: (devices, draft) => {
    for (const { name, bytes, readOnly, sectorBytes } of devices) {
      if (name.startsWith("loop") || name.startsWith("unknown")) continue;
      draft.addBlock(
        {
          id: `disk:${name}` as NodeId,
          kind: "below",
          name,
          role: "disk",
          bytes,
          readOnly: readOnly === true,
          sectorBytes,
          physicalSectorBytes: sectorBytes,
          identities: [],
          detail: {},
        },
        name,
      );
    }
  },
  contents: (devices, draft) => {
    for (const { name, signature } of devices) {
      if (!signature?.type || !/^(ext|vfat)/.test(signature.type)) continue;
      const { type, uuid, label } = signature;
      draft.setContent(`disk:${name}` as NodeId, { is: "filesystem", kind: "ext", type, uuid, label, detail: {} });
    }
  },
};

/** What a made-up machine says, typed by hand. */
export interface MadeUp {
  readonly mountinfo?: string;
  readonly mounts?: string;
  readonly fstab?: string;
  readonly devices: readonly BlockDevice[];
  readonly links?: Readonly<Record<string, string>>;
}

export function evidenceOf({ mountinfo, mounts, fstab, links = {} }: MadeUp): Evidence {
  const files = { "/proc/self/mountinfo": mountinfo, "/proc/mounts": mounts, "/etc/fstab": fstab };
  return {
    format: "bmr-evidence",
    version: 1,
    host: { name: "made-up", arch: "x86_64" },
    commands: [],
    files: Object.entries(files).flatMap(([path, content]) => (content === undefined ? [] : [{ path, content }])),
    links: Object.entries(links).map(([path, target]) => ({ path, target })),
  };
}

/** The layout of a made-up machine, mounts and all. */
export async function layoutOf(madeUp: MadeUp): Promise<Layout> {
  return layoutFrom(inventoryOf(madeUp.devices), await probeMounts(replayHost(evidenceOf(madeUp))));
}

/** The layout of these devices with these mounts. */
export function layoutFrom(inventory: Inventory, mounts: Awaited<ReturnType<typeof probeMounts>>): Layout {
  return assemble(
    {
      machine: { hostname: "made-up", architecture: "x86_64", system: null, places: [] },
      inventory,
      byKind: new Map<string, Probed<unknown>>([
        ["below", { is: "known", facts: inventory.devices }],
        ["mount", mounts],
      ]),
      findings: [],
    },
    [below as NodeSource, mountKind],
  );
}

export function codes(findings: readonly Finding[]): string[] {
  return findings.map((finding) => `${finding.severity} ${finding.code}`).sort();
}
