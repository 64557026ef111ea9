import type { ProbeHost } from "../../src/host/host.js";
import { replayHost } from "../../src/host/replay.js";
import type { BlockDevice, Signature } from "../../src/layout/inventory.js";
import type { Layout, LayoutNode } from "../../src/layout/layout.js";
import { evidenceFixture } from "../../src/testkit/index.js";
import { diskDevice } from "./partition-table-images.js";

/** What blkid says of a disk with a GPT. */
export const GPT: Signature = {
  type: null,
  uuid: null,
  label: null,
  usage: null,
  tableType: "gpt",
  tableUuid: "3b8559db-33af-43e9-befc-c331d829b539",
};
/** What blkid says of a disk with a DOS table. */
export const DOS: Signature = { ...GPT, tableType: "dos", tableUuid: "1ddc8a79" };
/** The type of a Linux filesystem. */
export const LINUX = "0fc63daf-8483-4772-8e79-3d69d8477de4";
/** A small GPT. */
export const SCRIPT = `label: gpt
label-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539

1 : start=2048, size=4096, type=${LINUX}, uuid=4DD6948A-44F8-4E6C-8BDC-064F740704F8, name="a", attrs="GUID:63"
2 : start=8192, size=4096, type=${LINUX}, uuid=3B6A3ECD-9FD1-4C0B-9C6F-F1C1A9BA7C2D
`;
/** A small DOS table with a logical partition. */
export const DOS_SCRIPT = `label: dos
label-id: 0x1ddc8a79

1 : start=2048, size=4096, type=83, bootable
2 : start=8192, size=40960, type=5
5 : start=10240, size=4096, type=82
`;

/** A machine that says nothing. */
export const nobody: ProbeHost = replayHost(evidenceFixture({}));

/** A partition as the kernel and udev show it. */
export function partitionDevice(
  number: number,
  startBytes: number,
  bytes: number,
  properties: Record<string, string> = {},
): BlockDevice {
  return {
    ...diskDevice(`/dev/sda${number}`, bytes, null),
    name: `sda${number}`,
    type: "partition",
    minor: number,
    properties,
    partition: { number, of: "sda", startBytes },
  };
}

/** The findings of a layout, each with its severity. */
export function codes(layout: Layout): string[] {
  return layout.findings.map(({ code, severity }) => `${severity} ${code}`);
}

/** A node of a layout, where there is one. */
export function nodeOf(layout: Layout, id: string): LayoutNode | undefined {
  return layout.nodes.find((node) => node.id === id);
}
