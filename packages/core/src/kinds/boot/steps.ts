import type { Finding } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { type BlockNode, isBlockNode, type Layout, nodesById } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { Arg } from "../../plan/arg.js";
import type { DraftStep, PlanPart, ToolRequirement } from "../../plan/part.js";
import { foundMeans } from "../../plan/references.js";
import { type Action, type Check, type EachName, stepId } from "../../plan/step.js";
import { CHROOT_TOKENS, chrootSteps, inChroot } from "./chroot.js";
import { type BootConfig, bootConfig, type GrubConfig, type GrubDevice, type InitramfsConfig } from "./detail.js";
import { initramfsCommand, UNPACKED, unpackCommand } from "./initramfs.js";
import { mapsBelow } from "./maps-below.js";

/** The steps that make the restored system bootable by its own tools: initramfs, GRUB 2 on the disks, its configuration. */
export function bootSteps(layout: Layout): PlanPart {
  const config = bootConfig(layout);
  if (config === null || (config.grub === null && config.initramfs === null) || !hasRoot(layout)) return {};
  const maps = bootMaps(layout);
  const { devices, findings } = chosenDevices(config.grub, layout);
  const grub = config.grub !== null && devices.length > 0 ? config.grub : null;
  const work = [
    ...(config.initramfs === null ? [] : [initramfsStep(config.initramfs, config, maps)]),
    ...(grub === null ? [] : devices.map((device) => grubStep(grub, device))),
    ...(grub === null || grub.mkconfig === null ? [] : [configStep(grub, grub.mkconfig, devices, config)]),
    ...(config.initramfs === null ? [] : [searchImagesStep(config.initramfs, config)]),
    ...(grub === null ? [] : [searchLoaderStep(grub, devices)]),
  ];
  return {
    steps: work.length === 0 ? [] : [...chrootSteps(), ...work],
    tools: toolsOf(config, grub),
    findings: [...findings, ...aboutMultipath(config, maps)],
  };
}

/** Without a root filesystem below the target there is nothing to make bootable; the mount kind said so. */
function hasRoot(layout: Layout): boolean {
  const rebuilt = rebuiltNodes(layout);
  return layout.mounts.some(
    ({ at, active, source }) => at === "/" && active && source.is === "node" && rebuilt.has(source.node),
  );
}

/** The maps that carry the root or /boot. */
function bootMaps(layout: Layout): readonly NodeId[] {
  const places = layout.mounts.filter(({ at }) => at === "/" || at === "/boot");
  const maps = places.flatMap(({ source }) => (source.is === "node" ? mapsBelow(source.node, layout) : []));
  return [...new Set(maps)];
}

/** The disks that get GRUB again: those that are rebuilt with a partition table, since it needs the room that a table leaves. */
function chosenDevices(
  grub: GrubConfig | null,
  layout: Layout,
): { devices: readonly GrubDevice[]; findings: Finding[] } {
  const nodes = nodesById(layout);
  const rebuilt = rebuiltNodes(layout);
  const isChosen = ({ node }: GrubDevice) => {
    const found = nodes.get(node);
    return found !== undefined && isBlockNode(found) && rebuilt.has(node) && found.content.is === "table";
  };
  const all = grub?.devices ?? [];
  const devices = all.filter(isChosen);
  const findings = all
    .filter((device) => !isChosen(device))
    .map(({ node }): Finding => {
      const found = nodes.get(node) as BlockNode | undefined;
      return {
        code: "boot/disk-left-out",
        severity: devices.length === 0 ? "loss" : "warning",
        node,
        message: `${found?.name ?? node} carries GRUB 2 and isn't rebuilt as a disk with partitions: it doesn't get it again`,
        remedy: "see that the firmware boots from another disk",
      };
    });
  return { devices, findings };
}

function kernelsIn(initramfs: InitramfsConfig, config: BootConfig): EachName {
  return {
    list: { target: initramfs.modules },
    recorded: config.kernels,
    having: { concat: [{ target: "/boot/vmlinuz-" }, { each: true }] },
  };
}

function initramfsStep(initramfs: InitramfsConfig, config: BootConfig, maps: readonly NodeId[]): DraftStep {
  const kernels = kernelsIn(initramfs, config);
  const { prefix, suffix } = initramfs.image;
  const image: Arg = { concat: [{ target: `/boot/${prefix}` }, { each: true }, suffix] };
  const multipath = maps.length === 0 ? [] : config.multipathFiles;
  return {
    id: stepId("initramfs", "target"),
    title: `Make the initramfs of each kernel by ${initramfs.tool}`,
    why: "the saved one may look for disks that aren't there any more, or wasn't saved",
    phase: "boot",
    needs: CHROOT_TOKENS,
    provides: ["done:initramfs"],
    destroys: [],
    before: [
      { is: "directory", path: { target: initramfs.modules } },
      // without them the initramfs starts LVM on a single path, silently
      ...multipath.map((path): Check => ({ is: "file", path: { target: path } })),
    ],
    run: [{ ...inChroot(...initramfsCommand(initramfs)), forEach: kernels }],
    done: [{ is: "file", path: image, forEach: kernels }],
  };
}

function grubStep(grub: GrubConfig, { node, core, textAt }: GrubDevice): DraftStep {
  return {
    id: stepId("grub-install", node),
    title: `Install GRUB on ${node}`,
    why: "the firmware loads it from the disk's first sector, which no file backup holds",
    phase: "boot",
    needs: CHROOT_TOKENS,
    provides: [`done:grub:${node}`],
    destroys: [],
    before: [{ is: "device", device: node }],
    run: [
      inChroot(
        ...[grub.install, "--target=i386-pc", "--boot-directory=/boot", "--recheck", "--no-floppy"],
        ...(core === "file" ? ["--force"] : []),
        { device: node },
      ),
    ],
    done: [
      {
        is: "output",
        argv: ["dd", { concat: ["if=", { device: node }] }, "bs=1", `skip=${textAt}`, "count=4"],
        equals: "GRUB",
      },
      { is: "file", path: { target: `${grub.directory}/i386-pc/core.img` } },
    ],
  };
}

function configStep(grub: GrubConfig, mkconfig: string, devices: readonly GrubDevice[], config: BootConfig): DraftStep {
  const file = `${grub.directory}/grub.cfg`;
  const output = mkconfig.endsWith("/update-grub") ? [] : ["-o", file];
  const command = inChroot(mkconfig, ...output);
  return {
    id: stepId("grub-config", "target"),
    title: "Write GRUB's menu anew",
    why: "it names the kernels that are there now, and the disks by what they are called now",
    phase: "boot",
    needs: [
      ...devices.map(({ node }) => `done:grub:${node}` as const),
      ...(config.initramfs === null ? [] : (["done:initramfs"] as const)),
    ],
    provides: ["done:grub-config"],
    destroys: [],
    before: [],
    // what else is attached to the rescue system is none of the server's business
    run: [{ ...command, env: { ...command.env, GRUB_DISABLE_OS_PROBER: "true" } }],
    done: [{ is: "file", path: { target: file } }],
  };
}

/** Only where disks were replaced: an image that was made of a file which nobody declared would look for the old ones. */
function searchImagesStep(initramfs: InitramfsConfig, config: BootConfig): DraftStep {
  const kernels = kernelsIn(initramfs, config);
  const remove: Action = {
    do: "exec",
    argv: ["rm", "-r", "-f", "--", { target: UNPACKED }],
    okExits: [0],
    ifRenamed: true,
  };
  const make = ["mkdir", "-p", "--", { concat: [{ target: `${UNPACKED}/` }, { each: true }] }] as const;
  return {
    id: stepId("search-initramfs", "target"),
    title: "Search the initramfs of each kernel for what disks aren't called any more",
    why: "it would wait for a disk that isn't there",
    phase: "boot",
    needs: ["done:initramfs"],
    provides: ["done:search-initramfs"],
    destroys: [],
    before: [],
    run: [
      remove,
      { do: "exec", argv: make, okExits: [0], forEach: kernels, ifRenamed: true },
      { ...inChroot(...unpackCommand(initramfs)), okExits: [0], forEach: kernels, ifRenamed: true },
      { do: "search", in: [{ target: UNPACKED }], except: [] },
      remove,
    ],
    done: [],
    outcome: foundMeans(
      "failed",
      `correct the file below the target that it was made of, then bmr boot; it stays unpacked in ${UNPACKED}`,
    ),
  };
}

function searchLoaderStep(grub: GrubConfig, devices: readonly GrubDevice[]): DraftStep {
  return {
    id: stepId("search-loader", "target"),
    title: "Search the boot loader's files for what disks aren't called any more",
    why: "it would look for its files, or have the kernel look for its root, on a disk that isn't there",
    phase: "boot",
    needs: [
      ...devices.map(({ node }) => `done:grub:${node}` as const),
      ...(grub.mkconfig === null ? [] : (["done:grub-config"] as const)),
    ],
    provides: ["done:search-loader"],
    destroys: [],
    before: [],
    run: [{ do: "search", in: [{ target: grub.directory }, { target: "/boot/loader" }], except: [] }],
    done: [],
    outcome: foundMeans("failed", "correct /etc/default/grub or /etc/grub.d below the target, then bmr boot"),
  };
}

function aboutMultipath(config: BootConfig, maps: readonly NodeId[]): Finding[] {
  if (maps.length === 0 || config.multipathFiles.includes("/etc/multipath/wwids")) return [];
  return [
    {
      code: "boot/multipath-files",
      severity: "warning",
      message: `the root or /boot lies on ${maps.join(", ")}, but there is no /etc/multipath/wwids for the initramfs: it may start from a single path`,
      remedy: "multipath -W writes it; then scan again",
    },
  ];
}

function toolsOf(config: BootConfig, grub: GrubConfig | null): ToolRequirement[] {
  const target = (path: string, packageName: string): ToolRequirement => ({
    tool: path.slice(path.lastIndexOf("/") + 1),
    where: "target",
    package: packageName,
  });
  const { initramfs } = config;
  return [
    { tool: "chroot", where: "rescue", package: "coreutils" },
    { tool: "mount", where: "rescue", package: "mount" },
    { tool: "umount", where: "rescue", package: "mount" },
    ...(initramfs === null ? [] : [target(initramfs.path, initramfs.tool === "dracut" ? "dracut" : "initramfs-tools")]),
    ...(grub === null
      ? []
      : [target(grub.install, "grub2-common"), { tool: "dd", where: "rescue", package: "coreutils" } as const]),
    ...(grub === null || grub.mkconfig === null ? [] : [target(grub.mkconfig, "grub2-common")]),
  ];
}
