import { EXTENT, type Group, type PhysicalVolume, type Segment, type Server, type Volume } from "./server.js";

type Row = Readonly<Record<string, string>>;

/** `pvs`, `vgs` or `lvs` as JSON with the columns that are asked for (LVM 2.03.16). */
export function lvmReport(server: Server, tool: "pvs" | "vgs" | "lvs", columns: readonly string[]): string {
  const rows = { pvs: () => server.groups.flatMap(pvRows), vgs: () => server.groups.map(vgRow), lvs: () => server.groups.flatMap(lvRows) }[tool](); // biome-ignore format: one line
  const lines = rows.map((row) => `                  {${columns.map((column) => cell(row, column, tool)).join(", ")}}`);
  const kind = tool.slice(0, -1);
  return `  {\n      "report": [\n          {\n              "${kind}": [\n${lines.join(",\n")}\n              ]\n          }\n      ]\n  }\n`;
}

function cell(row: Row, column: string, tool: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`the paper server knows no column ${column} of ${tool}`);
  return `"${column}":${JSON.stringify(value)}`;
}

function pvRows(group: Group): Row[] {
  return group.pvs.map((pv) => ({
    ...vgRow(group),
    ...pvRow(group, pv),
  }));
}

function usedExtents(group: Group, pv: PhysicalVolume): number {
  return segmentsOn(group, pv).reduce((sum, segment) => sum + segment.extents, 0);
}

function segmentsOn(group: Group, pv: PhysicalVolume): Segment[] {
  return group.volumes.flatMap((volume) => volume.segments.filter((segment) => segment.pv === pv));
}

function pvPath(pv: PhysicalVolume): string {
  return `/dev/mapper/${pv.device.dm?.name}`;
}

function pvRow(group: Group, pv: PhysicalVolume): Row {
  const used = usedExtents(group, pv);
  return {
    pv_name: pvPath(pv),
    pv_uuid: pv.uuid,
    pv_fmt: "lvm2",
    pv_attr: "a--",
    pv_size: String(pv.extents * EXTENT),
    pv_free: String((pv.extents - used) * EXTENT),
    pv_used: String(used * EXTENT),
    dev_size: String(pv.device.bytes),
    pv_major: String(pv.device.major),
    pv_minor: String(pv.device.minor),
    pv_mda_free: "517120",
    pv_mda_size: "1044480",
    pv_mda_count: "1",
    pv_mda_used_count: "1",
    pv_ext_vsn: "2",
    pe_start: "1048576",
    pv_allocatable: "allocatable",
    pv_exported: "",
    pv_missing: "",
    pv_pe_count: String(pv.extents),
    pv_pe_alloc_count: String(used),
    pv_tags: "",
    pv_ba_start: "0",
    pv_ba_size: "0",
    pv_in_use: "used",
    pv_duplicate: "",
    pv_device_id: "",
    pv_device_id_type: "",
  };
}

function vgRow(group: Group): Row {
  const extents = group.pvs.reduce((sum, pv) => sum + pv.extents, 0);
  const used = group.pvs.reduce((sum, pv) => sum + usedExtents(group, pv), 0);
  return {
    vg_name: group.name,
    vg_uuid: group.uuid,
    vg_fmt: "lvm2",
    vg_attr: "wz--n-",
    vg_permissions: "writeable",
    vg_extendable: "extendable",
    vg_exported: "",
    vg_autoactivation: "enabled",
    vg_partial: "",
    vg_allocation_policy: "normal",
    vg_clustered: "",
    vg_shared: "",
    vg_size: String(extents * EXTENT),
    vg_free: String((extents - used) * EXTENT),
    vg_sysid: "",
    vg_systemid: "",
    vg_lock_type: "",
    vg_lock_args: "",
    vg_extent_size: String(EXTENT),
    vg_extent_count: String(extents),
    vg_free_count: String(extents - used),
    max_lv: "0",
    max_pv: "0",
    pv_count: String(group.pvs.length),
    vg_missing_pv_count: "0",
    lv_count: String(group.volumes.length),
    snap_count: "0",
    vg_seqno: "7",
    vg_tags: "",
    vg_profile: "",
    vg_mda_count: String(group.pvs.length),
    vg_mda_used_count: String(group.pvs.length),
    vg_mda_free: "517120",
    vg_mda_size: "1044480",
    vg_mda_copies: "unmanaged",
  };
}

/** Columns of segments make a row of each segment. */
function lvRows(group: Group): Row[] {
  return group.volumes.flatMap((volume) =>
    volume.segments.map((segment, index) => ({
      ...vgRow(group),
      ...lvRow(group, volume),
      ...segmentRow(volume, segment, index),
    })),
  );
}

const LV_EMPTY =
  "lv_parent lv_initial_image_sync lv_image_synced lv_merging lv_converting lv_allocation_locked lv_fixed_minor " +
  "lv_skip_activation lv_when_full lv_metadata_size origin origin_uuid origin_size lv_ancestors lv_full_ancestors " +
  "lv_descendants lv_full_descendants move_pv move_pv_uuid convert_lv convert_lv_uuid mirror_log mirror_log_uuid " +
  "data_lv data_lv_uuid metadata_lv metadata_lv_uuid pool_lv pool_lv_uuid lv_tags lv_profile lv_lockargs " +
  "lv_time_removed lv_modules lv_historical data_percent snap_percent metadata_percent copy_percent sync_percent " +
  "cache_total_blocks cache_used_blocks lv_health_status kernel_discards kernel_cache_policy kernel_cache_settings " +
  "kernel_metadata_format thin_count discards cache_metadata_format cache_mode cache_policy cache_settings " +
  "transaction_id thin_id seg_tags seg_metadata_le_ranges metadata_devices seg_monitor raid_mismatch_count " +
  "raid_sync_action raid_write_behind raid_min_recovery_rate raid_max_recovery_rate raidintegritymode reshape_len " +
  "data_offset new_data_offset parity_chunks vdo_operating_mode vdo_compression_state vdo_index_state";
const EMPTY: Row = Object.fromEntries(LV_EMPTY.split(" ").map((column) => [column, ""]));

function lvRow(group: Group, volume: Volume): Row {
  return {
    ...EMPTY,
    lv_uuid: volume.uuid,
    lv_name: volume.name,
    lv_full_name: `${group.name}/${volume.name}`,
    lv_path: `/dev/${group.name}/${volume.name}`,
    lv_dm_path: `/dev/mapper/${volume.device.dm?.name}`,
    lv_layout: "linear",
    lv_role: "public",
    lv_allocation_policy: "inherit",
    lv_autoactivation: "enabled",
    lv_active: "active",
    lv_active_locally: "active locally",
    lv_active_remotely: "",
    lv_active_exclusively: "active exclusively",
    lv_major: "-1",
    lv_minor: "-1",
    lv_read_ahead: "auto",
    lv_size: String(volume.device.bytes),
    seg_count: String(volume.segments.length),
    lv_time: "2024-03-05 10:11:12 +0100",
    lv_host: "paper",
    lv_kernel_major: String(volume.device.major),
    lv_kernel_minor: String(volume.device.minor),
    lv_kernel_read_ahead: "131072",
    lv_permissions: "writeable",
    lv_suspended: "",
    lv_live_table: "live table present",
    lv_inactive_table: "",
    lv_device_open: "open",
    lv_check_needed: "unknown",
    lv_merge_failed: "unknown",
    lv_snapshot_invalid: "unknown",
    lv_attr: "-wi-ao----",
    zero: "unknown",
  };
}

function segmentRow(volume: Volume, segment: Segment, index: number): Row {
  const startExtent = volume.segments.slice(0, index).reduce((sum, before) => sum + before.extents, 0);
  const range = `${pvPath(segment.pv)}:${segment.firstExtent}-${segment.firstExtent + segment.extents - 1}`;
  return {
    segtype: "linear",
    stripes: "1",
    data_stripes: "1",
    data_copies: "1",
    stripe_size: "0",
    region_size: "0",
    chunk_size: "0",
    seg_start: String(startExtent * EXTENT),
    seg_start_pe: String(startExtent),
    seg_size: String(segment.extents * EXTENT),
    seg_size_pe: String(segment.extents),
    seg_pe_ranges: range,
    seg_le_ranges: range,
    devices: `${pvPath(segment.pv)}(${segment.firstExtent})`,
  };
}

/** A volume group's metadata as `vgcfgbackup` writes it (LVM 2.03.16). */
export function vgBackup(group: Group): string {
  const pvs = group.pvs.map(
    (pv, index) => `
		pv${index} {
			id = "${pv.uuid}"
			device = "${pvPath(pv)}"	# Hint only

			status = ["ALLOCATABLE"]
			flags = []
			dev_size = ${pv.device.bytes / 512}	# ${(pv.device.bytes / 2 ** 30).toFixed(0)} Gigabytes
			pe_start = 2048
			pe_count = ${pv.extents}	# ${((pv.extents * EXTENT) / 2 ** 30).toFixed(4)} Gigabytes
		}
`,
  );
  const volumes = group.volumes.map(
    (volume) => `
		${volume.name} {
			id = "${volume.uuid}"
			status = ["READ", "WRITE", "VISIBLE"]
			flags = []
			creation_time = 1709629872	# 2024-03-05 10:11:12 +0100
			creation_host = "paper"
			segment_count = ${volume.segments.length}
${volume.segments.map((segment, index) => segmentText(group, volume, segment, index)).join("")}		}
`,
  );
  return `# Generated by LVM2 version 2.03.16(2) (2022-05-18): Tue Mar  5 10:11:13 2024

contents = "Text Format Volume Group"
version = 1

description = "vgcfgbackup -f /tmp/bmr/${group.name} ${group.name}"

creation_host = "paper"	# Linux paper 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64
creation_time = 1709629873	# Tue Mar  5 10:11:13 2024

${group.name} {
	id = "${group.uuid}"
	seqno = 7
	format = "lvm2"			# informational
	status = ["RESIZEABLE", "READ", "WRITE"]
	flags = []
	extent_size = ${EXTENT / 512}		# 4 Megabytes
	max_lv = 0
	max_pv = 0
	metadata_copies = 0

	physical_volumes {
${pvs.join("")}	}

	logical_volumes {
${volumes.join("")}	}

}
`;
}

function segmentText(group: Group, volume: Volume, segment: Segment, index: number): string {
  const start = volume.segments.slice(0, index).reduce((sum, before) => sum + before.extents, 0);
  return `
			segment${index + 1} {
				start_extent = ${start}
				extent_count = ${segment.extents}	# ${((segment.extents * EXTENT) / 2 ** 30).toFixed(4)} Gigabytes

				type = "striped"
				stripe_count = 1	# linear

				stripes = [
					"pv${group.pvs.indexOf(segment.pv)}", ${segment.firstExtent}
				]
			}
`;
}
