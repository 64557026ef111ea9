# In the rescue system, with the journal on a disk of its own: a recovery in which the machine loses its power.
# Arguments: WWID of the journal's disk, the moment; `never` lets it come to its end.
. /lab/resume.sh

step "mount the journal's disk"
disk=$(map_of "$1")
[ -n "$(blkid -p -s TYPE -o value "$disk" || :)" ] || mkfs.ext4 -q "$disk"
mkdir -p /journal
mount "$disk" /journal
journal=/journal/bmr
step "fetch the recovery set"
fetch_set
step "bmr recover, $2"
recover_up_to "$2" --jobs 4
# the power was to be cut by now
require_status 0
show_disks
require_released
cp -r /tmp/etc/BMR /lab/set
cp -r "$journal" /lab/journal
umount /journal
step "done"
