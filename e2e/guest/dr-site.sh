# In the rescue system of another site, where every LUN, path and adapter is another: the whole recovery.
# Arguments: old and new WWID of the system LUN, old and new WWID of the data LUN
. /lab/rescue.sh

step "fetch the recovery set"
fetch_set

step "bmr map --suggest, edited"
status=0
node /lab/bmr.cjs map --suggest --set /tmp/etc/BMR --out /lab/suggested.map || status=$?
[ $status = 0 ] || [ $status = 3 ] || fail "bmr map: exit status $status"
cat /lab/suggested.map
# what nobody has read maps nothing
status=0
recover --map-file /lab/suggested.map || status=$?
[ $status = 4 ] || fail "an unread map file: exit status $status instead of 4"
# the operator writes what he wants; the rest stays as it was proposed
grep -v -E '^(\? )?lun:' /lab/suggested.map >/lab/disks.map || :
printf 'lun:%s = lun:%s\n' "$1" "$2" "$3" "$4" >>/lab/disks.map
for pair in "lun:$1 = lun:$2" "lun:$3 = lun:$4"; do
  if grep -q "^? $pair" /lab/suggested.map; then echo "proposed: $pair"; else echo "not proposed: $pair"; fi
done

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
