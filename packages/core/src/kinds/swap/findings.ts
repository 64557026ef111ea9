import { isCleanText } from "../../host/bytes.js";
import type { Finding, Severity } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import type { SwapDetail } from "./detail.js";

/** What there is to say about one swap area. */
export function swapFindings(detail: SwapDetail, label: string | null, node: NodeId, name: string): Finding[] {
  const say = (code: string, severity: Severity, message: string, remedy?: string, field?: string): Finding => ({
    code: `swap/${code}`,
    severity,
    node,
    message: `${name}: ${message}`,
    ...(remedy === undefined ? {} : { remedy }),
    ...(field === undefined ? {} : { excepts: [{ node, field }] }),
  });
  const findings: Finding[] = [];
  if (label !== null && !isCleanText(label)) {
    findings.push(
      say(
        "label-not-text",
        "loss",
        `the label ${JSON.stringify(label)} isn't UTF-8 and can't be given on a command line: it is rebuilt without a label`,
        "give it a label in UTF-8 with swaplabel, and name it so in /etc/fstab",
        "content.label",
      ),
    );
  }
  if (detail.hibernated) {
    findings.push(
      say(
        "hibernated",
        "warning",
        "a hibernated system lies in the swap area; it is rebuilt as an empty one",
        "boot the server once without hibernating before the scan",
      ),
    );
  }
  if (detail.badPages !== null && detail.badPages > 0) {
    findings.push(
      say(
        "bad-pages",
        "note",
        `${detail.badPages} pages are listed as bad; the list isn't rebuilt`,
        "replace the disk",
      ),
    );
  }
  if (detail.active === false) {
    const where = detail.fstab === null ? "and /etc/fstab doesn't name it" : "though /etc/fstab names it";
    findings.push(say("off", "note", `the swap area was off, ${where}; it is rebuilt all the same`));
  }
  return findings;
}
