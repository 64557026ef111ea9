# 64 LUNs with a GPT and a mounted ext4 each: how long does a scan take beside the commands that it runs?
# Leaves the wall times in /lab/times, in milliseconds: `scan` and `commands`, one line for each round.
. /lab/lib.sh
count=64 rounds=3

step "make $count LUNs"
# Without udev, which would look at each disk after each change: it is started again when all of them are ready
udevadm control --exit
# delay=0: else each command waits for a timer. per_host_store: else all LUNs would be one memory, one filesystem.
# Two more than needed, see below
modprobe scsi_debug delay=0 add_host=$((count + 2)) per_host_store=1 num_tgts=1 max_luns=1 dev_size_mb=8
# scsi_debug cuts the number in its T10 id to five digits: hosts 49 and 59 would have the ids of hosts 4 and 5
for host in 49 59; do echo 1 >/sys/class/scsi_device/$host:0:0:0/device/delete; done
mapfile -t disks < <(grep -l '^scsi_debug *$' /sys/class/block/sd*/device/model | cut -d/ -f5)
[ ${#disks[@]} = $count ] || fail "${#disks[@]} scsi_debug disks"

step "partition and format them"
for disk in "${disks[@]}"; do
  printf 'label: gpt\nstart=2048, size=6M, name=data\n' |
    sfdisk --quiet --no-reread --no-tell-kernel "/dev/$disk"
  # through the whole disk: the kernel doesn't know of the partition yet
  mke2fs -q -t ext4 -E offset=1048576 -L "$disk" "/dev/$disk" 6M
  blockdev --rereadpt "/dev/$disk"
done

step "let udev see them, mount them"
/lib/systemd/systemd-udevd --daemon
udevadm trigger --type=devices --action=add --subsystem-match=block
udevadm settle --timeout=600
for disk in "${disks[@]}"; do
  mkdir -p "/mnt/$disk"
  mount "/dev/${disk}1" "/mnt/$disk"
done
udevadm settle --timeout=600
mounted=$(findmnt -n -l -t ext4 -o TARGET | grep -c '^/mnt/sd')
[ "$mounted" = $count ] || fail "only $mounted of $count filesystems are mounted"
ids=$(find /dev/disk/by-id -name 'scsi-1Linux*' ! -name '*-part*' | wc -l)
[ "$ids" = $count ] || fail "only $ids of $count disks have an id of their own"

milliseconds() { echo $(($(date +%s%N) / 1000000)); }
timed() {
  local begin status=0
  begin=$(milliseconds)
  "$@" >/lab/timed.txt 2>&1 || status=$?
  echo "$1 $(($(milliseconds) - begin))" >>/lab/times
  return $status
}
# 3: the rescue system has no boot loader, a finding of severity `loss`
scan() { node /lab/bmr.cjs scan "$@" || [ $? = 3 ]; }
commands() { sh /lab/commands.sh; }

step "record a scan"
scan --record /lab/evidence.json >/lab/scan.txt
node /lab/evidence-to-sh.mjs /lab/evidence.json >/lab/commands.sh
wc -l /lab/commands.sh
# neither side is to pay for a cold cache
scan >/dev/null 2>&1
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
