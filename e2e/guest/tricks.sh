# Sourced by the scripts of the scenario `tricks` (bash). The rescue system was booted without any LUN in sight: a LUN is
# there while it is shown, over all four adapters, by its SCSI id.
. /lab/storage.sh

# All LUNs away, with whatever stands on them.
hide_all() {
  local name uuid try
  swapoff -a
  for try in 1 2 3; do
    while read -r name uuid; do
      case $uuid in LVM-*) dmsetup remove --retry -- "$name" ;; esac
    done < <(dmsetup info -c --noheadings --separator ' ' -o name,uuid 2>/dev/null | grep ' LVM-' | sort -r || :)
    multipath -F >/dev/null 2>&1 || :
    udevadm settle
  done
  for delete in /sys/class/scsi_device/*/device/delete; do
    [ ! -e "$delete" ] || echo 1 >"$delete"
  done
  udevadm settle
  for try in {1..40}; do
    [ -n "$(dmsetup ls 2>/dev/null | grep -v '^No devices' || :)" ] || break
    sleep 0.5
  done
}

# Shows LUNs, over all adapters.
show() {
  local number host
  for number; do
    for host in /sys/class/scsi_host/host*; do echo "0 $number 0" >"$host/scan"; done
  done
  udevadm settle
}

# Shows LUNs over the first adapter alone.
show_once() {
  local number host
  host=$(ls -d /sys/class/scsi_host/host* | sort -V | head -1)
  for number; do echo "0 $number 0" >"$host/scan"; done
  udevadm settle
}

# The first path to a LUN.
first() {
  echo "/dev/$(basename "$(ls -d /sys/class/scsi_device/*":0:$1:0/device/block/"* | head -1)")"
}

# Ends multipathd, however it was started.
stop_multipathd() {
  local try
  kill "$(pgrep -x multipathd)"
  for try in {1..40}; do
    pgrep -x multipathd >/dev/null || return 0
    sleep 0.5
  done
  fail "multipathd doesn't end"
}

# Only these LUNs, over all adapters.
only() {
  hide_all
  show "$@"
  multipath -v1 >/dev/null 2>&1 || :
  udevadm settle
}

# Takes volume groups in: bare of what LVM would make of duplicates, only these devices are looked at.
activate_from() {
  local group=$1 path filter=
  shift
  for path; do filter="$filter\"a|^$path\$|\","; done
  vgchange -qq -ay --config "devices{filter=[${filter//+/[+]} \"r|.*|\"] use_devicesfile=0}" "$group"
}

runs=0
# Runs bmr with these words; leaves its status in $status and what it said in $log.
bmr() {
  runs=$((runs + 1))
  log=/lab/said-$runs
  status=0
  node /lab/bmr.cjs "$@" --journal "/tmp/journal-$runs" >"$log" 2>&1 || status=$?
}

# The problems that the last run listed, `code node` a line, sorted.
problems() {
  sed -nE 's/^  ([a-z]+(-[a-z]+)+)  (\S.*)?$/\1 \3/p' "$log" | sed 's/ *$//' | sort
}

# Expects that the last run said this, however it broke its lines.
says() {
  tr -s '\r\n ' ' ' <"$log" | grep -qF -- "$1" || {
    cat "$log"
    fail "it isn't said: $1"
  }
}

# Expects that bmr refuses with these problems and no others: a title, the problems, the words for bmr.
refuses() {
  local title=$1 expected
  expected=$(sort <<<"$2")
  shift 2
  step "$title"
  bmr diskinit --set "$set" --accept-findings --no-input --yes "$@"
  if [ $status != 4 ] || [ "$(problems)" != "$expected" ]; then
    cat "$log"
    fail "$title: exit status $status; problems: $(problems)"
  fi
}
