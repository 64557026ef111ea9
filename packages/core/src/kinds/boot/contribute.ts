import type { Draft } from "../../layout/draft.js";
import { type Finding, heldBackBy } from "../../layout/finding.js";
import type { Inventory } from "../../layout/inventory.js";
import type { GrubConfig, GrubDevice, InitramfsConfig } from "./detail.js";
import type { BootFacts, SectorReading } from "./facts.js";
import { imageName, initramfsTool, kernelsOf } from "./initramfs.js";
import { isPc } from "./probe.js";

type Say = (
  code: string,
  severity: Finding["severity"],
  message: string,
  remedy?: string,
  more?: Pick<Finding, "holdsBack">,
) => void;

/** GPT's type of a BIOS boot partition. */
const BIOS_BOOT = "21686148-6449-6e6f-744e-656564454649";

const BY_HAND =
  "after the restore, make the system bootable by hand in a chroot, or by the distribution's rescue medium";

/** Second pass: how the machine boots, and what of it won't come back. */
export function contributeBoot(facts: BootFacts, draft: Draft): void {
  const say: Say = (code, severity, message, remedy, more) =>
    draft.addFinding({ code: `boot/${code}`, severity, message, ...(remedy === undefined ? {} : { remedy }), ...more });
  const kernels = kernelsOf(facts);
  const common = { firmware: facts.firmware, kernels, multipathFiles: facts.multipathFiles };
  if (!isRestored(facts, draft, say)) {
    draft.setConfig("boot", { ...common, grub: null, initramfs: null });
    return;
  }
  if (kernels.length === 0) {
    say("no-kernel", "loss", "no kernel in /boot (vmlinuz-*) has its modules below /lib/modules", BY_HAND);
  }
  draft.setConfig("boot", { ...common, grub: grubOf(facts, draft, say), initramfs: initramfsOf(facts, kernels, say) });
}

/** False where the machine boots in a way that isn't made again, which is said. */
function isRestored(facts: BootFacts, draft: Draft, say: Say): boolean {
  const { architecture } = draft.machine;
  const notYet = (how: string) =>
    say("not-restored", "loss", `the machine boots ${how}, which isn't made again yet`, BY_HAND);
  if (architecture === "s390x" || architecture === "s390") notYet("by zipl");
  else if (architecture !== null && !isPc(architecture)) notYet(`as a ${architecture} does`);
  else if (facts.firmware === "efi") notYet("by EFI firmware");
  else if (facts.firmware === null || facts.boot === null || areNotRecorded(facts.sectors)) {
    say("not-recorded", "loss", "how the machine boots wasn't recorded, so nothing makes it bootable", BY_HAND);
  } else return true;
  return false;
}

function areNotRecorded(sectors: readonly SectorReading[]): boolean {
  const isMissing = ({ sector }: SectorReading) => sector.is === "unread" && sector.failure.reason === "not-recorded";
  return sectors.length > 0 && sectors.every(isMissing);
}

function grubOf(facts: BootFacts, draft: Draft, say: Say): GrubConfig | null {
  const devices = facts.sectors.flatMap((reading) => grubDevice(reading, draft, say));
  if (devices.length === 0) {
    const others = facts.sectors.flatMap(({ device, sector }) => nameOther(device, sector));
    const seen = others.length === 0 ? "" : ` (${others.join(", ")})`;
    say(
      "no-loader",
      "loss",
      `no disk carries GRUB 2 in its first sector${seen}: nothing makes the machine bootable`,
      BY_HAND,
    );
    return null;
  }
  const { tools, grubDirectory } = facts;
  const install = tools["grub-install"] ?? tools["grub2-install"];
  const lacks = [
    ...(install === undefined ? ["grub-install"] : []),
    ...(grubDirectory === null ? ["/boot/grub/grub.cfg"] : []),
    ...(facts.hasBiosModules ? [] : ["/usr/lib/grub/i386-pc"]),
  ];
  if (install === undefined || grubDirectory === null || lacks.length > 0) {
    say("no-grub-tools", "loss", `GRUB 2 can't be installed again: the server lacks ${lacks.join(", ")}`, BY_HAND);
    return null;
  }
  hintDevices(facts, devices, draft, say);
  const mkconfig =
    tools["update-grub"] ?? (grubDirectory === "/boot/grub2" ? tools["grub2-mkconfig"] : tools["grub-mkconfig"]);
  if (mkconfig === undefined) {
    say(
      "no-mkconfig",
      "warning",
      `neither update-grub nor grub-mkconfig is installed: ${grubDirectory}/grub.cfg is used as it was saved`,
    );
  }
  return { directory: grubDirectory, install, mkconfig: mkconfig ?? null, devices };
}

function grubDevice({ device, whole, sector }: SectorReading, draft: Draft, say: Say): GrubDevice[] {
  if (sector.is === "unread") {
    const severity = sector.failure.reason === "not-recorded" ? "warning" : "loss";
    const message = `${sector.failure.message}; a boot loader on it isn't made again`;
    if (whole) say("sector-unread", severity, message, BY_HAND, heldBackBy(sector.failure));
    return [];
  }
  if (sector.is !== "grub2") return [];
  const node = draft.idOf(device);
  if (node === undefined) return [];
  if (!whole) {
    say(
      "in-partition",
      "loss",
      `GRUB 2 lies in the first sector of the partition ${device}, which isn't made again yet`,
      BY_HAND,
    );
    return [];
  }
  const core = coreOf(device, sector.coreSector, draft.inventory);
  if (core === "file") {
    say(
      "core-in-file",
      "warning",
      `GRUB 2 on ${device} loads its core from the blocks of a file, at sector ${sector.coreSector}: it is installed with --force in the same way`,
      "a gap of 1 MiB before the first partition, or a BIOS boot partition, is the reliable way",
    );
  }
  return [{ node, core, textAt: sector.textAt }];
}

/** Where core.img begins: right after the MBR, or where a BIOS boot partition does. */
function coreOf(device: string, sector: number, inventory: Inventory): GrubDevice["core"] {
  if (sector === 1) return "gap";
  const disk = inventory.find(device);
  const numbers = `${disk?.major}:${disk?.minor}`;
  const isThere = inventory.devices.some(
    ({ properties }) =>
      properties.ID_PART_ENTRY_DISK === numbers &&
      properties.ID_PART_ENTRY_TYPE?.toLowerCase() === BIOS_BOOT &&
      // both udev and GRUB count in 512 bytes
      Number(properties.ID_PART_ENTRY_OFFSET) === sector,
  );
  return isThere ? "bios-boot" : "file";
}

function nameOther(device: string, sector: SectorReading["sector"]): string[] {
  if (sector.is === "grub-legacy") return [`${device} carries GRUB Legacy`];
  return sector.is === "other" && sector.name !== null ? [`${device} carries ${sector.name}`] : [];
}

/** Says where the disks that grub-pc was told to install to aren't those that carry GRUB. */
function hintDevices(facts: BootFacts, devices: readonly GrubDevice[], draft: Draft, say: Say): void {
  if (facts.installDevices === null) return;
  const told = facts.installDevices.map((path) => ({ path, node: draft.idOf(path) }));
  const found = new Set(devices.map(({ node }) => node));
  const wrong = told.filter(({ node }) => node === undefined || !found.has(node)).map(({ path }) => path);
  if (wrong.length > 0) {
    say(
      "install-devices",
      "note",
      `debconf has GRUB installed to ${wrong.join(", ")}, where there is none; what the disks carry counts`,
    );
  }
}

function initramfsOf(facts: BootFacts, kernels: readonly string[], say: Say): InitramfsConfig | null {
  const image = imageName(kernels, facts.boot ?? []);
  if (kernels.length === 0 || facts.modules === null) return null;
  if (image === undefined) {
    say("no-initramfs", "note", `the kernels (${kernels.join(", ")}) have no initramfs in /boot; none is made`);
    return null;
  }
  const tool = initramfsTool(facts.tools);
  if (tool === undefined) {
    const others = ["mkinitrd", "mkinitcpio"].filter((name) => facts.tools[name] !== undefined);
    const seen = others.length === 0 ? "no tool that makes one was found" : `${others.join(", ")} isn't driven yet`;
    say("initramfs-not-made", "loss", `the initramfs is used as it was saved: ${seen}`, BY_HAND);
    return null;
  }
  if (tool.tool === "update-initramfs" && facts.dependentModules) {
    say(
      "dependent-modules",
      "warning",
      "initramfs-tools takes only the modules that the running machine uses (MODULES=dep): in the rescue system these are the rescue system's",
      "set MODULES=most in /etc/initramfs-tools/initramfs.conf",
    );
  }
  return { ...tool, image, modules: facts.modules.directory };
}
