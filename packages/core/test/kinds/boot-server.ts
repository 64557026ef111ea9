import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Evidence } from "../../src/host/evidence.js";
import { readEvidence } from "../../src/host/evidence-file.js";
import { replayHost } from "../../src/host/replay.js";
import { bootKind } from "../../src/kinds/boot/index.js";
import { diskKind } from "../../src/kinds/disk/index.js";
import { extKind } from "../../src/kinds/ext/index.js";
import { mountKind } from "../../src/kinds/mount/index.js";
import { multipathKind } from "../../src/kinds/multipath/index.js";
import { partitionTableKind } from "../../src/kinds/partition-table/index.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { BlockDevice } from "../../src/layout/inventory.js";
import type { Layout } from "../../src/layout/layout.js";
import type { NodeSource } from "../../src/layout/node-source.js";
import { scan } from "../../src/scan.js";

const path = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/boot/labserver.json");

/** What a scan asked of the lab's server. */
export const labserver: Evidence = readEvidence(readFileSync(path, "utf8"));

const GROUP = "vg:sysvg" as NodeId;

/** A stand-in for LVM, which wasn't asked in this evidence: the volumes as udev shows them. */
const volumes: NodeSource<readonly BlockDevice[]> = {
  kind: "volumes",
  probe: async (_host, inventory) => ({ is: "known", facts: inventory.devices }),
  nodes: (devices, draft) => {
    draft.addGroup({ id: GROUP, kind: "volumes", name: "sysvg", role: "group", detail: {} });
    for (const { name, dm, bytes } of devices) {
      if (!dm?.uuid.startsWith("LVM-")) continue;
      const id = `lv:${dm.name.replace("-", "/")}` as NodeId;
      const node = { id, kind: "volumes", name: dm.name, role: "volume", group: GROUP, bytes, detail: {} } as const;
      draft.addBlock({ ...node, readOnly: false }, name);
    }
  },
  contents: (devices, draft) => {
    for (const { name, dm, signature } of devices) {
      const id = draft.idOf(name);
      if (signature?.type !== "LVM2_member" || !dm?.uuid.startsWith("part") || id === undefined) continue;
      draft.setContent(id, { is: "pv", kind: "volumes", uuid: signature.uuid ?? "", group: GROUP, detail: {} });
      draft.addEdge({ from: id, to: GROUP, as: "pv" });
    }
  },
};

/** The layout of a server that answers so. */
export async function layoutOfServer(evidence: Evidence): Promise<Layout> {
  const kinds = [diskKind, multipathKind, partitionTableKind, volumes as NodeSource, extKind, mountKind, bootKind];
  return (await scan(replayHost(evidence), { kinds })).layout;
}

/** The evidence with other answers: `null` for what isn't there. */
export function changed(
  changes: {
    readonly files?: Readonly<Record<string, string | readonly string[] | null>>;
    readonly links?: Readonly<Record<string, string | null>>;
    readonly architecture?: string;
  },
  evidence: Evidence = labserver,
): Evidence {
  const { files = {}, links = {}, architecture } = changes;
  return {
    ...evidence,
    commands: evidence.commands.map((command) =>
      command.argv[0] === "uname" && architecture !== undefined ? { ...command, stdout: `${architecture}\n` } : command,
    ),
    files: [
      ...Object.entries(files).map(([path, said]) => {
        if (said === null) return { path, state: "absent" as const };
        return typeof said === "string" ? { path, content: said } : { path, names: said };
      }),
      ...evidence.files.filter((file) => !(file.path in files)),
    ],
    links: [
      ...Object.entries(links).map(([path, target]) =>
        target === null ? { path, state: "absent" as const } : { path, target },
      ),
      ...evidence.links.filter((link) => !(link.path in links)),
    ],
  };
}
