# In the rescue system: what must go on in spite of everything. The LUNs are attached in another order, beside copies of
# the server's disks and a foreign disk of the same size and model; the volume group was started on bare paths; a path
# is dead; the console hangs up in the middle. Arguments: WWIDs of A, B, F.
# SCSI ids: 0 B, 1 A, 2 copy of B, 3 copy of A, 4 F.
. /lab/tricks.sh
set=/lab/set-ab

step "a rescue system without multipath starts what it finds"
stop_multipathd
show 0 1
activate_from tricks "$(first 1)2" "$(first 0)"
[ -e /dev/mapper/tricks-data ] || fail "it isn't started"
show 2 3 4
dead=$(ls -d /sys/class/scsi_device/*:0:0:0/device/block/* | tail -1)
echo offline >"/sys/block/$(basename "$dead")/device/state"
lsblk -o NAME,TYPE,SIZE,FSTYPE,LABEL

step "bmr diskinit, and a hang-up"
status=0
setsid node /lab/bmr.cjs diskinit --set $set --journal /lab/journal --existing=overwrite --confirm=rescue --accept-single-path \
  --accept-findings --no-input --yes >/lab/said 2>&1 </dev/null &
pid=$!
for _ in {1..600}; do
  grep -q 'Restore volume group' /lab/said && break
  kill -0 $pid 2>/dev/null || break
  sleep 0.2
done
kill -HUP $pid 2>/dev/null && echo "hung up"
wait $pid || status=$?
cat /lab/said
[ $status = 0 ] || fail "exit status $status"
grep -q 'Let go of /dev/mapper/tricks-data' /lab/said || fail "what was let go of isn't said"

step "what is there now"
node /lab/bmr.cjs verify --set $set --when diskinit
[ "$(map_of "$2")" = /dev/mapper/mp+b.1 ] || fail "the alias isn't there"
lsblk -o NAME,TYPE,SIZE,FSTYPE,LABEL
# LVM's own metadata say on which devices the group was made: not on the copies
pvs --noheadings -o pv_name,vg_name --config 'devices{filter=["a|^/dev/mapper/mp[+]b[.]1$|","r|.*|"] use_devicesfile=0}' 2>/dev/null | grep -q 'mp+b.1 *tricks'
step "gone on"
