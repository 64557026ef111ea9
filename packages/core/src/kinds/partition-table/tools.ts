import type { ToolRequirement } from "../../plan/part.js";
import { tableDetail } from "./detail.js";
import type { RebuiltTable } from "./rebuilt-tables.js";

/** The tools that partitioning runs in the rescue system, and the options that versions before 2016 don't have. */
export function partitionTools(tables: readonly RebuiltTable[]): ToolRequirement[] {
  const help = ["sfdisk", "--help"] as const;
  const sfdisk = ["--wipe", "--wipe-partitions", "--no-tell-kernel"].map((option) => ({
    option,
    help,
    says: `${option} `,
  }));
  // the word is in the help of those that can set the flag of a protective MBR
  const pmbr = { option: "--activate (on a GPT)", help, says: "(P)MBR" };
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
