import type { AdapterContext, BackupContext } from "../adapter/adapter.js";
import { backupScope } from "../adapter/scope.js";
import { type NodeId, nodeId } from "../layout/ids.js";
import type { DiskNode, Layout, Mount } from "../layout/layout.js";

/** Mount points of the sample: plain, below another, and with characters that shells, globs and dsmc treat specially. */
const FILESYSTEMS = ["/", "/boot", "/srv", "/srv/a b", "/srv/it's", "/srv/st*r", "/srv/-rf"] as const;

/** A server to try an adapter with: several filesystems, and mounts that no backup takes. */
export function sampleLayout(): Layout {
  const disks = FILESYSTEMS.map(
    (at): DiskNode => ({
      role: "disk",
      id: nodeId("lun", `3600${FILESYSTEMS.indexOf(at)}`),
      kind: "disk",
      name: at,
      bytes: 1_073_741_824,
      readOnly: false,
      sectorBytes: 512,
      physicalSectorBytes: 512,
      identities: [],
      content: { is: "filesystem", kind: "ext", type: "ext4", uuid: null, label: null, detail: {} },
      detail: {},
    }),
  );
  const node = disks.map((disk) => ({ is: "node", node: disk.id }) as const);
  return {
    format: "bmr-layout",
    version: 1,
    machine: { hostname: "sample.example.org", architecture: "x86_64", system: null, places: [] },
    nodes: disks,
    edges: [],
    mounts: [
      ...FILESYSTEMS.map((at, index) => mount(at, "ext4", node[index] as (typeof node)[number])),
      mount("/proc", "proc", { is: "pseudo" }),
      mount("/mnt/remote", "nfs4", { is: "remote", spec: "filer:/export" }),
      mount("/mnt/bound", "none", { is: "bind", path: "/srv" }),
    ],
    config: {},
    findings: [],
  };
}

function mount(at: string, type: string, source: Mount["source"]): Mount {
  const id = nodeId("mount", at) as NodeId;
  return { id, at, source, type, options: [], active: true, fstab: null, readOnly: false, directory: null };
}

/** What an adapter plans the sample by; frozen, so that one that changes its input is found. */
export function sampleContext<Options>(options: Options): AdapterContext<Options> {
  const layout = sampleLayout();
  return freeze({ options, layout, scope: backupScope(layout), setDirectory: "/etc/BMR" });
}

/** The same for a backup. */
export function sampleBackupContext<Options>(options: Options): BackupContext<Options> {
  return freeze({
    ...sampleContext(options),
    root: "/",
    workDirectory: "/var/tmp/bmr-sample",
    startedAt: "2026-11-21T22:00:00Z",
  });
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
