import type { ToolRequirement } from "../../plan/part.js";
import { tableDetail } from "./detail.js";
import type { RebuiltTable } from "./rebuilt-tables.js";

/** The tools that partitioning runs in the rescue system, and the options that versions before 2016 don't have. */
export function partitionTools(tables: readonly RebuiltTable[]): ToolRequirement[] {
  const help = ["sfdisk", "--help"] as const;
  const sfdisk = ["--wipe ", "--wipe-partitions ", "--no-tell-kernel"].map((option) => ({ option, help }));
  // sfdisk since 2.32 can set the flag of a protective MBR, and has the word in its help since then
  const pmbr = { option: "(P)MBR", help };
  const needsPmbr = tables.some(({ content }) => tableDetail(content).pmbrBoot);
  const onRescue = (tool: string, from: string): ToolRequirement => ({ tool, where: "rescue", package: from });
  const hasMap = tables.some(({ node }) => node.role === "map");
  const hasOther = tables.some(({ node }) => node.role !== "map");
  return [
    { tool: "sfdisk", where: "rescue", package: "fdisk", options: needsPmbr ? [...sfdisk, pmbr] : sfdisk },
    onRescue("wipefs", "util-linux"),
    onRescue("udevadm", "udev"),
    onRescue("blkid", "util-linux"),
    ...(hasOther ? [onRescue("blockdev", "util-linux")] : []),
    ...(hasMap ? [onRescue("kpartx", "kpartx")] : []),
  ];
}
