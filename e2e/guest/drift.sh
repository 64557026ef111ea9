# Sourced by the scripts of the scenario `drift` (bash).
. /lab/inspect.sh

# Which kernel name each LUN, partition and volume has: one a line, by what stays the same.
names() {
  lsblk -nro KNAME,WWN,TYPE,NAME | awk '$3 == "disk" { print $2, $1; next } { print $NF, $1 }' | sort -u
}

# poke DEVICE OFFSET BYTES: overwrites a few bytes, as printf writes them.
poke() {
  printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc,fsync status=none
}

# Takes one path of a map away.
drop_path() {
  local path
  path=$(multipath -ll "$1" | grep -o 'sd[a-z]*' | head -n 1)
  echo 1 >"/sys/block/$path/device/delete"
  udevadm settle
}
