import type { Finding, Severity } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { BlockDevice } from "../../layout/inventory.js";
import type { DasdConfig } from "./detail.js";
import { type DasdFact, isAnswer, isFailure } from "./facts.js";
import { volumeLayout } from "./volume-layout.js";

/** What findings are about. */
interface Subject {
  readonly id: NodeId;
  readonly device: BlockDevice;
  /** As the kernel has them. */
  readonly partitions: readonly BlockDevice[];
}

/** All that there is to say of one volume. */
export function volumeFindings(dasd: DasdFact, subject: Subject): Finding[] {
  const findings: Finding[] = [];
  const add = (what: string, severity: Severity, message: string, remedy: string) =>
    findings.push({ code: `dasd/${what}`, severity, node: subject.id, message, remedy });
  const name = `${dasd.busId} (${subject.device.name})`;
  for (const answer of [dasd.view, dasd.label, dasd.table]) {
    if (isFailure(answer)) add(`unread-${answer.reason}`, "loss", `${name}: ${answer.message}`, UNREAD);
  }
  const layout = volumeLayout(dasd);
  if (layout === "unformatted") {
    add(
      "unformatted",
      "note",
      `${name} isn't formatted: there is nothing on it to restore`,
      "none, where that is meant",
    );
  } else {
    add("not-rebuilt", "loss", `${name} (${layout}) isn't formatted and partitioned again by bmr yet`, NOT_YET);
  }
  const differs = kernelDiffers(dasd, subject);
  if (differs !== null) add("kernel-differs", "loss", `${name}: ${differs}`, "blockdev --rereadpt, then scan again");
  if ((dasd.ccw?.hostAccessCount ?? 0) > 1) {
    add("shared", "warning", `${name} is online on ${dasd.ccw?.hostAccessCount} systems`, SHARED);
  }
  return findings;
}

const UNREAD = "install s390-tools and scan again as root; see what the tool says when run by hand";
const NOT_YET = "format it by dasdfmt and partition it by fdasd by hand; its volser and tracks stand in layout.json";
const SHARED = "see that no other system writes to it before it is ever formatted";

/** The kernel's partitions must be where the VTOC has them: else one of both is from another time. */
function kernelDiffers({ table }: DasdFact, { partitions }: Subject): string | null {
  if (!isAnswer(table)) return null;
  const track = table.blocksPerTrack * table.blockBytes;
  const here = partitions.map(({ partition, bytes }) => `${partition?.startBytes}+${bytes}`).join(" ");
  const there = table.partitions
    .map(({ startTrack, endTrack }) => `${startTrack * track}+${(endTrack - startTrack + 1) * track}`)
    .join(" ");
  return here === there
    ? null
    : `the kernel has other partitions (${here || "none"}) than the VTOC (${there || "none"})`;
}

const OTHERS = {
  alias: ["note", "is an alias (PAV): it has no data of its own", "none"],
  offline: [
    "note",
    "is offline: what is on it isn't recorded",
    "chccwdev -e, then scan again, where it belongs to this server",
  ],
  boxed: [
    "warning",
    "is boxed: another system holds it reserved",
    "see who has reserved it; chccwdev -f breaks a reservation",
  ],
  secondary: ["note", "is the secondary of a copy pair: it is rebuilt by its primary", "none"],
} as const;

/** What there is to say of a DASD without a block device. */
export function otherFinding({ busId, is }: DasdConfig["others"][number]): Finding {
  const [severity, what, remedy] = OTHERS[is];
  return { code: `dasd/${is}`, severity, message: `${busId} ${what}`, remedy };
}
