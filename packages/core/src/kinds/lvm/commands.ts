import type { NodeId } from "../../layout/ids.js";
import type { Arg } from "../../plan/arg.js";

/**
 * The `--config` that keeps an LVM command to these devices, whatever the rescue system's lvm.conf says: a copy of the
 * volume group on another disk has the same UUIDs, and must be neither read nor written.
 *
 * A regular-expression filter and not `--devices`, which came with 2.03.12; from there on a filter counts only with
 * `use_devicesfile=0`. `global_filter` is opened since it can't be overridden otherwise, `hints` (2.03.01) and lvmetad
 * (until 2.02.187) would answer out of what they saw without the filter. An LVM that is older than a setting warns that
 * it doesn't know it and goes on. A volume group owned by the lost machine's system ID is accessed as that machine.
 */
export function onlyThese(devices: readonly NodeId[], systemId: string | null): Arg {
  const accepted = devices.flatMap((device): Arg[] => ['"a|^', { device, as: "pattern" }, '$|", ']);
  const isForeign = systemId !== null && systemId !== "";
  const identity = isForeign
    ? `global { system_id_source="lvmlocal" ${NO_DAEMONS} } local { system_id="${systemId}" }`
    : `global { system_id_source="none" ${NO_DAEMONS} }`;
  return {
    concat: [
      "devices { filter=[ ",
      ...accepted,
      '"r|.*|" ] global_filter=[ "a|.*|" ] use_devicesfile=0 hints="none" scan_lvs=1 } ',
      `backup { backup=0 archive=0 } activation { monitoring=0 } ${identity}`,
    ],
  };
}

const NO_DAEMONS = "use_lvmetad=0 use_lvmlockd=0 use_lvmpolld=0";
