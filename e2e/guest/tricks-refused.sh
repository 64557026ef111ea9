# In the rescue system: everything that must be refused, with the right problems, and without a single write.
# Arguments: WWIDs of A, B, the foreign disk F, the stranger N, the all-zero ones.
# SCSI ids: 0 A, 1 B, 2 F, 3 N, 4 and 5 all zeros, 6 and 7 copies of A and B, 8 B but smaller, 9 B but read-only,
# 10 another disk with B's WWID, 11 A with raw data, 12 A but smaller.
. /lab/tricks.sh
a=lun:$1 b=lun:$2
printf 'blacklist {\n wwid "%s"\n}\n' "$5" >>/etc/multipath.conf
multipathd reconfigure >/dev/null
set=/lab/set-ab
over=--existing=overwrite

only 0
refuses "a LUN is missing" "no-candidate $b" $over
only 12 1
refuses "a LUN is too small" "too-small $a" $over
only 0 8
refuses "a LUN is too small for the volumes on it" "volumes-too-large vg:tricks" $over
only 0 9
refuses "a LUN is read-only" "read-only $b" $over
refuses "all problems of all disks at once" "holds-content $a
holds-content $b
read-only $b"
only 0 1 10
refuses "two different disks with one WWID, put together by multipath" "paths-differ $b" $over
says 'serial number'

step "multipath can't be started"
hide_all
stop_multipathd
modprobe -r dm_service_time dm_round_robin dm_queue_length dm_multipath 2>/dev/null || :
echo 'install dm_multipath /bin/false' >/etc/modprobe.d/no-multipath.conf
show 0 1
refuses "multipath is down" "only-paths $a
only-paths $b" $over
show 10
refuses "two different disks with one WWID, without multipath" "only-paths $a
shared-identity $b" $over
hide_all
rm /etc/modprobe.d/no-multipath.conf
modprobe dm_multipath

show 0 2
activate_from rescuevg "$(first 2)"
refuses "a volume group of the rescue system stands on a path" "only-paths $b" --map "$b=$3" $over
says 'Not of rescue:'
says 'nobody can be asked, so they stay'
says 'dmsetup remove rescuevg-data'
[ -e /dev/mapper/rescuevg-data ] || fail "it was let go of"

only 0 1
dead=$(basename "$(ls -d /sys/class/scsi_device/*:0:1:0/device/block/* | head -1)")
echo offline >"/sys/block/$dead/device/state"
for _ in {1..60}; do dmsetup status mp+b.1 | grep -q ' F ' && break; sleep 1; done
refuses "one path of four is dead" "fewer-paths $b" $over
says 'has 3 working paths'

only 0 1
part=$(map_of "$1")-part
mkdir -p /tmp/use
mount -o ro,noload "${part}1" /tmp/use
refuses "a target is mounted" "in-use $a" $over
says '-> umount /tmp/use'
set=/tmp/use/set
refuses "the recovery set lies on a target" "in-use $a
never-target $a" $over
set=/lab/set-ab
umount /tmp/use
unshare -m sh -c 'mount -o ro,noload "$0" /tmp/use && exec sleep 1000' "${part}1" &
other=$!
sleep 3
refuses "a target is mounted in another mount namespace" "held $a" $over
kill $other
wait $other 2>/dev/null || :
swapon "${part}3"
refuses "a target is swapped on" "in-use $a" $over
says '-> swapoff'
swapoff "${part}3"

only 0 1 2
activate_from rescuevg "$(map_of "$3")"
refuses "a volume group of the rescue system is on a target" "holds-content $b" --map "$b=$(map_of "$3")" "--existing=$a=overwrite"
says 'PV of vg:rescuevg'
says 'ext4 "foreign"'
mount -o ro,noload /dev/rescuevg/data /tmp/use
refuses "… and is mounted" "in-use $b" --map "$b=$(map_of "$3")" $over
umount /tmp/use

only 0 1 3
activate_from tricks "$(map_of "$4")"
refuses "the rescue system has a volume group of the same name" "name-taken /dev/mapper/tricks-home" $over
only 0 1 6 7
copies=$(for number in 6 7; do
  echo "/dev/mapper/$(dmsetup info -c --noheadings -o name "/dev/$(ls "/sys/block/$(basename "$(ls -d /sys/class/scsi_device/*:0:$number:0/device/block/* | head -1)")/holders")")"
done)
copy_a=$(head -1 <<<"$copies") copy_b=$(tail -1 <<<"$copies")
activate_from tricks "$copy_a-part2" "$copy_b"
refuses "a copy of the server's disks is attached beside, and started" "name-taken lv:tricks/data
name-taken lv:tricks/root" $over
says "detach the copy's disks"

only 1 11
refuses "raw data without a signature" "not-blank $a" --existing=require-empty "--existing=$b=overwrite"

set=/lab/set-zero
hide_all
show_once 4 5
step "LUNs whose WWID is all zeros are known by their places"
bmr diskinit --set $set --accept-findings --no-input --yes $over
[ $status = 4 ] && [ -z "$(problems)" ] || { cat "$log"; fail "exit status $status"; }
says 'known by its place only'
says 'nothing was typed'
hide_all
show_once 5
step "… and no other takes the place of one that is missing"
bmr diskinit --set $set --accept-findings --no-input --yes $over
[ $status = 4 ] && [ "$(problems | cut -d' ' -f1)" = no-candidate ] || { cat "$log"; fail "exit status $status"; }

set=/lab/set-ab
only 0 1
for words in "" "--yes" "--yes --no-input" "--no-input" "--confirm=another --yes"; do
  step "nobody answers: ${words:-closed standard input}"
  runs=$((runs + 1)) log=/lab/said-$runs status=0
  # shellcheck disable=SC2086
  node /lab/bmr.cjs diskinit --set $set --accept-findings --journal "/tmp/journal-$runs" $over $words >"$log" 2>&1 <&- || status=$?
  [ $status = 4 ] || { cat "$log"; fail "exit status $status"; }
done
step "nobody answers: time passes at a terminal"
runs=$((runs + 1)) log=/lab/said-$runs status=0
sleep 1000 | timeout -k 5 90 script -qefc \
  "node /lab/bmr.cjs diskinit --yes --accept-findings --set $set --journal /tmp/journal-$runs $over" "$log" \
  >/dev/null 2>&1 || status=$?
says 'Type the name of the server that is rebuilt'
says 'last mounted on /tmp/use'
says 'PV of vg:tricks'
hide_all
step "refused"
