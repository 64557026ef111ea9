# In the rescue system of another site, where every LUN, path and adapter is another: the whole recovery.
# Arguments: old and new WWID of the system LUN, old and new WWID of the data LUN
. /lab/rescue.sh

step "fetch the recovery set"
fetch_set
printf 'lun:%s = lun:%s\n' "$1" "$2" "$3" "$4" >/lab/disks.map
cat /lab/disks.map

step "without a word, the run stops before it makes the server bootable"
status=0
recover --map-file /lab/disks.map || status=$?
[ $status = 4 ] || fail "exit status $status instead of 4"
grep -q "$1" /mnt/a/etc/fstab || fail "/mnt/a/etc/fstab was changed"

step "bmr recover --fix-references"
recover --map-file /lab/disks.map --fix-references
step "look at the disks"
show_disks
require_released
step "recovered"
