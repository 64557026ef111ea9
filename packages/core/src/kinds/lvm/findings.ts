import type { Draft } from "../../layout/draft.js";
import type { PvPlace } from "./devices.js";
import type { PvFacts } from "./facts.js";
import type { GroupModel, VolumeModel } from "./model.js";
import type { LvmFacts } from "./probe.js";
import { isSnapshot } from "./rules.js";

const OTHER_MEANS = "save and rebuild it by other means, or leave it out knowingly";

/** What isn't rebuilt of a group, and what of its volumes couldn't be looked at. */
export function reportGroup(group: GroupModel, draft: Draft): void {
  // the node was made in the first pass; what it says there counts
  const { notRebuilt } = draft.node(group.id) ?? {};
  if (notRebuilt !== undefined) {
    const volumes = group.volumes.map(({ facts }) => facts.name).join(", ") || "none";
    draft.addFinding({
      code: "lvm/group-not-rebuilt",
      severity: "loss",
      node: group.id,
      message: `volume group ${group.facts.name} isn't rebuilt: ${notRebuilt}. Its volumes: ${volumes}`,
      remedy: OTHER_MEANS,
    });
    return;
  }
  for (const volume of group.volumes) reportVolume(group, volume, draft);
}

function reportVolume(group: GroupModel, { id, facts, why }: VolumeModel, draft: Draft): void {
  const name = `${group.facts.name}/${facts.name}`;
  const add = (what: string, message: string, remedy: string): void =>
    draft.addFinding({ code: `lvm/${what}`, severity: "loss", node: id, message, remedy });
  if (why !== undefined) {
    const of = facts.origin === null ? "" : ` of ${facts.origin}`;
    const what = isSnapshot(facts) ? "snapshot" : "unsupported-volume";
    add(what, `logical volume ${name}${of} isn't rebuilt: ${why}`, OTHER_MEANS);
  } else if (!facts.active) {
    const message = `logical volume ${name} isn't active, so what is on it wasn't seen; it is made again, but empty`;
    add("inactive-volume", message, `activate it (lvchange --activate y ${name}) and scan again`);
  } else if (facts.readOnly) {
    const message = `logical volume ${name} is read-only; it is made again, but nothing is written to it`;
    add("read-only-volume", message, `save it by other means, or lvchange --permission rw ${name} and scan again`);
  }
}

/** What is odd about a physical volume. */
export function reportPv(pv: PvFacts, place: PvPlace | undefined, draft: Draft): void {
  if (pv.state === "duplicate") {
    draft.addFinding({
      code: "lvm/duplicate-pv",
      severity: "warning",
      message: `${pv.device} has the same UUID as another physical volume (${pv.uuid}), and LVM doesn't use it`,
      remedy: "it is a copy, or a path past a multipath map: detach it, or let multipath have it",
    });
  }
  if (place?.pastMap) {
    draft.addFinding({
      code: "lvm/pv-past-map",
      severity: "warning",
      node: place.node,
      message: `LVM uses ${pv.device}, one path of a multipath map, past the map; it is rebuilt on the map`,
      remedy: "see that the WWID is in the initramfs's /etc/multipath/wwids, and boot again",
    });
  }
  if (place !== undefined && pv.group === null && (pv.bootAreaBytes ?? 0) > 0) {
    draft.addFinding({
      code: "lvm/boot-area",
      severity: "warning",
      node: place.node,
      message: `the boot loader area of ${pv.device}, a physical volume without a group, isn't made again`,
      remedy: "pvcreate --bootloaderareasize makes one",
      excepts: ["detail.bootAreaStart", "detail.bootAreaBytes"].map((field) => ({
        node: place.node,
        field: `content.${field}`,
      })),
    });
  }
}

/** What LVM said beside its answers, and what its list of devices means for a restore. */
export function reportRemarks({ remarks, devicesFile, vgs, leftBehind }: LvmFacts, draft: Draft): void {
  if (leftBehind !== null) {
    draft.addFinding({
      code: "lvm/left-behind",
      severity: "note",
      message: `the scan's own copies of LVM's metadata couldn't be removed: ${leftBehind}`,
      remedy: "remove the directory by hand",
    });
  }
  for (const remark of remarks) {
    draft.addFinding({
      code: "lvm/remark",
      severity: "warning",
      message: `LVM says: ${remark}`,
      remedy: "see what pvs, vgs and lvs say when run by hand",
    });
  }
  if (!devicesFile || vgs.length === 0) return;
  draft.addFinding({
    code: "lvm/devices-file",
    severity: "note",
    message:
      "LVM uses only the disks that /etc/lvm/devices/system.devices lists by their IDs: on other disks it finds nothing",
    remedy:
      "after a restore onto other disks, before the initramfs is made: vgimportdevices --all in the restored system",
  });
}
