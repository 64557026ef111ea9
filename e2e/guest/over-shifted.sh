# In an ordinary rescue system with systemd, with the LUNs of the broken server, on which partitions were shifted by 1 MiB,
# the last one of each disk among them. At the recorded places lies what they held before, without any partition that
# shows it: the recorded table brings it back, and udev would start it. Arguments: the LUNs' WWIDs, system and data.
. /lab/over.sh

# Shifts partitions of a table by 2048 sectors: WWID, then NUMBER:GROWTH (in sectors) for each.
shift_partitions() {
  local disk=/dev/disk/by-id/wwn-0x${1#3} dump word
  dump=$(sfdisk --dump "$disk")
  shift
  for word; do
    dump=$(awk -v number="${word%:*}" -v growth="${word#*:}" '
      $1 ~ "-part" number "$" {
        match($0, /start= *[0-9]+/); start = substr($0, RSTART + 6, RLENGTH - 6) + 2048
        sub(/start= *[0-9]+/, "start=" start)
        match($0, /size= *[0-9]+/); size = substr($0, RSTART + 5, RLENGTH - 5) + growth
        sub(/size= *[0-9]+/, "size=" size)
      }
      { print }' <<<"$dump")
  done
  sfdisk --quiet --no-reread --no-tell-kernel --wipe never --wipe-partitions never "$disk" <<<"$dump"
}

step "shift partitions by 1 MiB"
require_started
vgchange -qq -an sysvg
# the physical volume too: at its place comes back what LVM would start
shift_partitions "$1" 2:-2048 6:0
shift_partitions "$2" 1:0 3:0
for disk in /dev/sd?; do blockdev --rereadpt "$disk"; done
udevadm settle
show_disks
[ -z "$(pvs --noheadings 2>/dev/null)" ] || fail "the physical volumes are still seen: $(pvs)"

fetch_set
step "bmr recover over shifted partitions"
recover --existing overwrite -v
show_disks
require_released
grep -rqs 'LVM2_member' /lab/journal || fail "the old physical volume hasn't come back: the test shows nothing"
step "recovered"
