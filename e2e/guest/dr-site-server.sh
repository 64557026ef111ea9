# In the healthy server: has its disks called by every name that a site may use, then does as capture.sh does.
# Arguments: WWID of the system LUN, WWID of the data LUN
. /lab/inspect.sh
system=$1 data=$2

step "call the disks by all their names"
sed -i "s,^LABEL=opt ,/dev/disk/by-id/wwn-0x${system#3}-part5 ," /etc/fstab
sed -i "s,^LABEL=odd[^ ]* ,/dev/disk/by-id/scsi-$data-part3 ," /etc/fstab
sed -i "s,^UUID=[^ ]* none swap,/dev/disk/by-id/dm-uuid-part6-mpath-$system none swap," /etc/fstab
cat /etc/fstab
# LUNs that aren't listed are none of multipath's
sed -i 's/find_multipaths no/find_multipaths strict/' /etc/multipath.conf
sed -i "/^blacklist {/a\\ wwid \".*\"" /etc/multipath.conf
cat >>/etc/multipath.conf <<M
blacklist_exceptions {
  wwid "$system"
  wwid "$data"
}
M
cat >/etc/lvm/lvmlocal.conf <<L
devices {
  use_devicesfile = 1
  global_filter = [ "a|^/dev/disk/by-id/dm-uuid-part.*-mpath-$system\$|", "a|^/dev/disk/by-id/scsi-$data-part1\$|", "a|^/dev/mapper/mpath.*|", "r|.*|" ]
}
L
mkdir -p /etc/lvm/devices
for pv in /dev/mapper/mpatha-part2 /dev/mapper/mpathb-part1; do lvm lvmdevices --yes --adddev $pv; done
cat /etc/lvm/devices/system.devices
[ "$(pvs --noheadings | wc -l)" = 2 ] || fail "physical volumes: $(pvs 2>&1)"
echo "RESUME=/dev/disk/by-id/scsi-$system-part6" >/etc/initramfs-tools/conf.d/resume
chmod 640 /etc/initramfs-tools/conf.d/resume
chown 0:5678 /etc/initramfs-tools/conf.d/resume
sed -i "s,^GRUB_CMDLINE_LINUX=\",&resume=/dev/disk/by-id/dm-uuid-part6-mpath-$system ," /etc/default/grub
echo "(hd0) /dev/disk/by-id/scsi-$system" >/boot/grub/device.map
printf 'ENV{DM_UUID}=="mpath-%s", SYMLINK+="the-data"\n' "$data" >/etc/udev/rules.d/99-site.rules
# not an old name, however much it looks like one
echo "36000${data}00 ticket-$data-2024" >/etc/site-notes
update-initramfs -u
update-grub

step "look at the server"
show_state
require_multipath

step "manifest of its files"
write_manifest /lab/manifest

step "bmr backup"
node /lab/bmr.cjs backup --adapter tar --to /lab/backup.tar
step "captured"
