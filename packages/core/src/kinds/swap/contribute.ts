import { isCleanText } from "../../host/bytes.js";
import type { ProbeFailure } from "../../host/probed.js";
import type { Draft } from "../../layout/draft.js";
import { type Finding, heldBackBy } from "../../layout/finding.js";
import type { NodeId } from "../../layout/ids.js";
import { isPassing } from "../../layout/inventory.js";
import type { ActiveSwap } from "../../layout/proc-swaps.js";
import type { SwapDetail, SwapFile, SwapFstab } from "./detail.js";
import { swapFindings } from "./findings.js";
import type { SwapArea, SwapFacts } from "./probe.js";
import { resolveSpec } from "./spec.js";

/** Gives each device with a swap area its content, records the swap files, and says what won't come back. */
export function contributeSwap(facts: SwapFacts, draft: Draft): void {
  for (const failure of facts.failures) {
    draft.addFinding({
      code: `swap/probe-${failure.reason}`,
      severity: "warning",
      message: failure.message,
      remedy: "scan again as root",
      ...heldBackBy(failure),
    });
  }
  const fstab = resolveFstab(facts, draft);
  const active = new Map(
    (facts.active ?? []).map((swap) => [draft.inventory.find(swap.path)?.name ?? swap.path, swap]),
  );
  for (const area of facts.areas) {
    const id = draft.idOf(area.device);
    // a device that no kind made a node of was reported by the assembly
    if (id === undefined) continue;
    const on = facts.active === null ? null : active.get(area.device);
    contributeArea(area, id, detailOf(area, on, fstab.get(area.device) ?? null), draft);
  }
  const files = swapFiles(facts, draft, fstab);
  if (files.length > 0) draft.setConfig("swap", { files });
  for (const file of files) draft.addFinding(fileFinding(file));
  for (const swap of active.values()) reportPassing(swap, draft);
}

/** `on`: null where nobody recorded what is on. */
function detailOf({ header }: SwapArea, on: ActiveSwap | undefined | null, fstab: SwapFstab | null): SwapDetail {
  return {
    pageBytes: header?.pageBytes ?? null,
    bytes: header?.bytes ?? null,
    byteOrder: header?.byteOrder ?? null,
    badPages: header?.badPages ?? null,
    hibernated: header?.hibernated ?? false,
    active: on === null ? null : on !== undefined,
    priority: on?.priority ?? null,
    fstab,
  };
}

function contributeArea(area: SwapArea, id: NodeId, detail: SwapDetail, draft: Draft): void {
  const { header, failure, isKnown } = area;
  const device = draft.deviceOf(id);
  if (failure !== null) reportFailure(failure, isKnown, id, draft);
  if (!isKnown) {
    draft.setContent(id, { is: "unknown", why: failure?.message ?? "nobody looked" });
    return;
  }
  const label = header === null ? (device?.signature?.label ?? null) : header.label;
  draft.setContent(id, {
    is: "swap",
    kind: "swap",
    uuid: header === null ? (device?.signature?.uuid ?? null) : header.uuid,
    label,
    detail: { ...detail },
  });
  for (const finding of swapFindings(detail, label, id, device?.name ?? id)) draft.addFinding(finding);
}

/** What blkid says is enough to rebuild an area whose header couldn't be read, but for its page size. */
function reportFailure(failure: ProbeFailure, isKnown: boolean, node: NodeId, draft: Draft): void {
  draft.addFinding({
    code: `swap/probe-${failure.reason}`,
    severity: isKnown ? "warning" : "loss",
    node,
    message: failure.message,
    remedy: isKnown
      ? "scan again as root"
      : "it won't be rebuilt: see what swaplabel and blkid -p say, and make it anew with mkswap",
    ...heldBackBy(failure),
  });
}

/** The lines of fstab by the kernel name of the device that they mean; a line that means none is reported. */
function resolveFstab(facts: SwapFacts, draft: Draft): ReadonlyMap<string, SwapFstab> {
  const byDevice = new Map<string, SwapFstab>();
  for (const line of facts.fstab) {
    const device = resolveSpec(line.spec, facts.areas, draft.inventory);
    if (device !== undefined) byDevice.set(device, line);
    else if (!isFile(line.spec)) {
      draft.addFinding({
        code: "swap/fstab-unresolved",
        severity: "warning",
        message: `/etc/fstab names ${JSON.stringify(line.spec)} as swap, and there is no such device`,
        remedy: "take the line out of /etc/fstab, or make the swap area again; the server would wait for it at boot",
      });
    }
  }
  return byDevice;
}

/** A path that isn't below /dev is a file. */
function isFile(spec: string): boolean {
  return spec.startsWith("/") && !spec.startsWith("/dev/");
}

function swapFiles(facts: SwapFacts, draft: Draft, resolved: ReadonlyMap<string, SwapFstab>): readonly SwapFile[] {
  const inFstab = new Map(facts.fstab.filter(({ spec }) => isFile(spec)).map((line) => [line.spec, line]));
  for (const line of resolved.values()) inFstab.delete(line.spec);
  const on = new Map((facts.active ?? []).filter(({ type }) => type === "file").map((swap) => [swap.path, swap]));
  const paths = [...new Set([...on.keys(), ...inFstab.keys()])].filter((path) => !draft.inventory.find(path));
  return paths.sort().map((path) => {
    const swap = on.get(path);
    return {
      path,
      usableBytes: swap?.usableBytes ?? null,
      active: swap !== undefined,
      priority: swap?.priority ?? null,
      fstab: inFstab.get(path) ?? null,
    };
  });
}

function fileFinding({ path, usableBytes }: SwapFile): Finding {
  const size = usableBytes === null ? "" : ` of ${usableBytes} bytes`;
  return {
    code: "swap/file",
    severity: "warning",
    message: `${isCleanText(path) ? path : JSON.stringify(path)} is a swap file${size}: it is not made again, and backups often leave it out`,
    remedy:
      "where the restore doesn't bring it back, make it by fallocate or dd, chmod 600 and mkswap before the server boots",
  };
}

/** Swap in compressed memory is made by the system at boot, from a configuration that the restore brings back. */
function reportPassing({ path }: ActiveSwap, draft: Draft): void {
  const device = draft.inventory.find(path);
  if (device === undefined || !isPassing(device.name)) return;
  draft.addFinding({
    code: "swap/passing",
    severity: "note",
    message: `${path} is swap that the system makes by itself at boot; nothing of it is rebuilt`,
  });
}
