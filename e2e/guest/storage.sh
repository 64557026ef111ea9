# Sourced by the scripts of the scenario `storage` (bash).
. /lab/lib.sh

# Writes a partition table onto the map of a WWID, from an sfdisk script.
table() {
  local map
  map=$(map_of "$1")
  sfdisk -q --no-reread --no-tell-kernel "$map"
  kpartx -s -u -p -part "$map"
  udevadm settle
}

# Leaves in a folder what sfdisk and vgcfgbackup say, without names and times: FOLDER, the WWIDs of partitioned LUNs.
known_to() {
  local folder=$1 wwid map group
  local as_owner='global { system_id_source="lvmlocal" } local { system_id="srv" }'
  shift
  mkdir -p "$folder"
  for wwid; do
    map=$(map_of "$wwid")
    sfdisk --dump "$map" | sed "s|$map|DISK|" >"$folder/$wwid"
    od -An -tx1 -j446 -N16 "$map" >>"$folder/$wwid"
  done
  for group in vg-one vg2 vgsid; do
    vgcfgbackup --config "$as_owner" --file /tmp/backup "$group"
    sed -E '/^#|^(description|creation_)|^\t+(seqno|device) = /d' /tmp/backup >"$folder/$group"
  done
  pvs --config "$as_owner" --noheadings --units b \
    -o pv_uuid,pv_size,dev_size,pe_start,pv_mda_count,pv_mda_used_count,pv_mda_size,pv_ba_start,pv_ba_size |
    sort >"$folder/pvs"
}
