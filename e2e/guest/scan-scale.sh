# 64 LUNs with a GPT and a mounted ext4 each: how long does a scan take beside the commands that it runs?
# Leaves the wall times in /lab/times, in milliseconds: `scan` and `commands`, one line for each round.
. /lab/lib.sh
count=64 rounds=5

step "make $count LUNs"
# per_host_store: else all LUNs would be one memory, and all filesystems one filesystem
# delay=0: else each command waits for a timer
modprobe scsi_debug delay=0 add_host=$count per_host_store=1 num_tgts=1 max_luns=1 dev_size_mb=8
udevadm settle
mapfile -t disks < <(lsblk -dnro PATH,MODEL | sed -n 's/ scsi_debug *$//p')
[ ${#disks[@]} = $count ] || fail "${#disks[@]} scsi_debug disks"

step "partition them"
for disk in "${disks[@]}"; do
  printf 'label: gpt\nsize=6M, name=data\n' | sfdisk --quiet --no-reread "$disk"
done
udevadm settle

step "format and mount them"
for disk in "${disks[@]}"; do
  mke2fs -q -t ext4 -L "${disk##*/}" "${disk}1"
  mkdir -p "/mnt/${disk##*/}"
  mount "${disk}1" "/mnt/${disk##*/}"
done
udevadm settle
[ "$(findmnt -n -t ext4 -l | grep -c ' /dev/sd\|^/mnt/sd')" = $count ] || fail "not all mounted: $(findmnt -t ext4 -l)"

milliseconds() { echo $(($(date +%s%N) / 1000000)); }
timed() {
  local begin status=0
  begin=$(milliseconds)
  "$@" >/lab/timed.txt 2>&1 || status=$?
  echo "$1 $(($(milliseconds) - begin))" >>/lab/times
  return $status
}
scan() { node /lab/bmr.cjs scan; }
commands() { sh /lab/commands.sh; }

step "record a scan"
node /lab/bmr.cjs scan --record /lab/evidence.json
node /lab/evidence-to-sh.mjs /lab/evidence.json >/lab/commands.sh
wc -l /lab/commands.sh
# neither side is to pay for a cold cache
scan >/dev/null
commands || :
: >/lab/times
step "measure $rounds rounds"
for ((round = 0; round < rounds; round++)); do
  timed scan
  # single commands may fail as they did in the scan: their exit status is part of the evidence
  timed commands || :
done
cat /lab/times
step "measured"
