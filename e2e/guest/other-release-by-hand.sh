# In a rescue system of another release than the server's, with blank disks. First the recovery set of a newer server, whose
# filesystem the tools here can't make; then the lab's server, mode by mode, its files restored by hand.
# Argument: the WWID of the newer server's LUN
. /lab/other-release.sh
newer=$(map_of "$1")
show_rescue

step "bmr diskinit of a filesystem that is too new for these tools"
status=0
node /lab/bmr.cjs --no-input diskinit --set /lab/newer --confirm=rescue --accept-findings --journal /lab/newer-journal \
  2>&1 | tee /lab/newer.txt || status=$?
[ $status = 5 ] || fail "exit status $status instead of 5"
grep -q 'orphan_file' /lab/newer.txt || fail "it doesn't say what the tools here can't make"
cmp -n 67108864 "$newer" /dev/zero || fail "something was written"

bmr() {
  local mode=$1
  shift
  step "bmr $mode"
  node /lab/bmr.cjs --no-input "$mode" --set /tmp/etc/BMR --journal /lab/journal --yes "$@"
}

step "fetch the recovery set"
fetch_set
bmr diskinit --confirm=labserver
bmr mount
step "restore by hand, as the backup's own README says"
tar -xOf /lab/backup.tar ./.bmr-backup/README | tee /lab/README
sed -n 's|BACKUP|/lab/backup.tar|; s|^  \(.* /mnt/a\(/.bmr-backup\)\{0,1\}\)$|\1|p' /lab/README >/lab/restore.sh
[ -s /lab/restore.sh ] || fail "the README names no command for /mnt/a"
sh -ex /lab/restore.sh 2>&1 | tail -5
bmr boot
bmr umount
step "look at the disks"
show_disks
require_released
step "recovered"
