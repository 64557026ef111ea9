# Sourced by the guest's scripts (bash).
set -euo pipefail

# Announces a step: the host shows it and takes its time from the next one's.
step() {
  local uptime
  read -r uptime _ </proc/uptime
  printf 'STEP %s %s\n' "$uptime" "$*"
}

fail() {
  printf 'FAIL %s\n' "$*" >&2
  exit 1
}

# Path of the multipath map over a WWID: its name depends on the bindings file, which a rescue system has not got.
map_of() {
  local name
  for name in $(dmsetup ls --target multipath --exec 'basename' 2>/dev/null); do
    if [ "$(dmsetup info -c --noheadings -o uuid "$name")" = "mpath-$1" ]; then
      echo "/dev/mapper/$name"
      return
    fi
  done
  fail "no multipath map of $1"
}
