# Sourced by scripts that look at a server which booted from its own disks (bash).
. /lab/lib.sh

# Whether a block device lies on nothing but multipath maps. A server that boots on bare paths works as well, until a path
# fails: only the device-mapper tree tells them apart.
on_multipath() {
  local name uuid slave
  name=$(basename "$(readlink -f "$1")")
  uuid=$(cat "/sys/class/block/$name/dm/uuid" 2>/dev/null) || return 1
  case $uuid in mpath-*) return 0 ;; esac
  for slave in /sys/class/block/"$name"/slaves/*; do
    on_multipath "/dev/${slave##*/}" || return 1
  done
}

# Mount points of the server's own filesystems, one a line, parents first.
own_filesystems() {
  findmnt -n -l -t ext2,ext3,ext4 -o TARGET
}

# Every filesystem and every swap of the server must be there and be reached through multipath.
require_multipath() {
  local device swaps
  findmnt -n -l -t ext2,ext3,ext4 -o SOURCE | while read -r device; do
    on_multipath "$device" || fail "$device is not on multipath"
  done
  mapfile -t swaps < <(swapon --noheadings --raw --show=NAME)
  [ ${#swaps[@]} = 2 ] || fail "swaps in use: ${swaps[*]:-none}"
  for device in "${swaps[@]}"; do
    on_multipath "$device" || fail "$device is not on multipath"
  done
  [ "$(own_filesystems | wc -l)" = 6 ] || fail "filesystems mounted: $(own_filesystems)"
}

# What an administrator would look at, for the logs.
show_state() {
  lsblk -o NAME,TYPE,SIZE,FSTYPE,LABEL,MOUNTPOINTS
  findmnt --real
  multipath -ll
  systemctl --failed --no-legend
}

write_manifest() {
  local roots
  mapfile -t roots < <(own_filesystems)
  node /lab/manifest.mjs "${roots[@]}" >"$1"
}
