import type { Finding, Severity } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { quoted } from "../../render/text.js";
import type { FatBootSector } from "./boot-sector.js";
import type { VfatDetail } from "./detail.js";
import { labelFault } from "./label.js";
import { madeShape } from "./shape.js";

interface Subject {
  readonly id: NodeId;
  readonly name: string;
  /** Of the device. */
  readonly bytes: number | null;
}

type Say = (
  code: string,
  severity: Severity,
  message: string,
  more?: { readonly remedy?: string; readonly excepts?: string },
) => Finding;

const SECTOR = "content.detail.bootSector";

/** What there is to say about one FAT filesystem: what mkfs.vfat doesn't make as it was. */
export function vfatFindings(detail: VfatDetail, label: string | null, subject: Subject): Finding[] {
  const say: Say = (code, severity, message, { remedy, excepts } = {}) => ({
    code: `vfat/${code}`,
    severity,
    node: subject.id,
    message: `${subject.name}: ${message}`,
    ...(remedy === undefined ? {} : { remedy }),
    ...(excepts === undefined ? {} : { excepts: [{ node: subject.id, field: excepts }] }),
  });
  const { bootSector } = detail;
  return [
    ...labelFindings(label, say),
    ...(bootSector === null
      ? []
      : [
          ...bootLabelFindings(label, bootSector.bootLabel, say),
          ...shapeFindings(bootSector, subject.bytes, say),
          ...contentFindings(bootSector, say),
        ]),
  ];
}

function labelFindings(label: string | null, say: Say): Finding[] {
  const fault = label === null ? null : labelFault(label);
  if (label === null || fault === null) return [];
  return [
    say(
      "label",
      "loss",
      `the label ${quoted(label)} can't be made again, since ${fault}: it is rebuilt without a label`,
      {
        remedy: "give it another label with fatlabel, name it so in /etc/fstab, and scan again",
        excepts: "content.label",
      },
    ),
  ];
}

function bootLabelFindings(label: string | null, bootLabel: string | null, say: Say): Finding[] {
  if (label === bootLabel || (label !== null && labelFault(label) !== null)) return [];
  const name = (text: string | null) => (text === null ? "no label" : quoted(text));
  return [
    say(
      "boot-label",
      "note",
      `the root directory has ${name(label)} and the boot sector ${name(bootLabel)}; it is rebuilt with the first in both places, which is the one that LABEL= means`,
    ),
  ];
}

function shapeFindings(sector: FatBootSector, deviceBytes: number | null, say: Say): Finding[] {
  const made = madeShape(sector, deviceBytes);
  const findings: Finding[] = [];
  if (made.bytes !== sector.bytes) {
    findings.push(
      say("size", "warning", `it has ${sector.bytes} bytes and is rebuilt with ${made.bytes}`, {
        excepts: `${SECTOR}.bytes`,
      }),
    );
  }
  if (made.fatBytes !== sector.fatBytes) {
    findings.push(
      say(
        "fat-size",
        "warning",
        `its tables have ${sector.fatBytes} bytes each and are rebuilt with ${made.fatBytes}`,
        {
          excepts: `${SECTOR}.fatBytes`,
        },
      ),
    );
  }
  if (made.heads !== sector.heads || made.sectorsPerTrack !== sector.sectorsPerTrack) {
    const [was, is] = [sector, made].map(({ heads, sectorsPerTrack }) => `${heads}/${sectorsPerTrack}`);
    findings.push(
      say(
        "geometry",
        "note",
        `its geometry (heads/sectors per track) is ${was} and is rebuilt as ${is}, so that mkfs.vfat doesn't cut the size down to whole tracks; neither Linux nor EFI reads it`,
      ),
    );
  }
  return findings;
}

function contentFindings(sector: FatBootSector, say: Say): Finding[] {
  const findings: Finding[] = [];
  if (sector.hasBootCode) {
    findings.push(
      say(
        "boot-code",
        "warning",
        `its boot sector has code of a boot loader (made by ${quoted(sector.madeBy)}), which isn't rebuilt; EFI doesn't use any`,
        {
          remedy:
            "where a BIOS starts from this filesystem, install its loader (syslinux, a Windows one) again after the restore",
        },
      ),
    );
  }
  const isUsual = sector.infoAt === sector.sectorBytes && sector.rootCluster === 2 && sector.mirroring === 0;
  if (sector.fatBits === 32 && !isUsual) {
    findings.push(
      say(
        "places",
        "note",
        `its root directory begins in cluster ${sector.rootCluster}, its info sector is at byte ${sector.infoAt ?? "none"}, its mirroring is ${sector.mirroring}; mkfs.vfat makes that 2, ${sector.sectorBytes} and 0`,
      ),
    );
  }
  return findings;
}
