# In the server that was restored at another site: what it is now, and that nothing calls a disk what it was called.
# Arguments: as for dr-site.sh
. /lab/inspect.sh

step "look at the server"
show_state
require_multipath
for wwid in "$2" "$4"; do multipath -ll | grep -q "($wwid)" || fail "no map of $wwid"; done
cat /etc/fstab /etc/multipath/bindings /etc/multipath/wwids /etc/lvm/devices/system.devices
cat /proc/cmdline

step "search for the old names"
for initrd in /boot/initrd.img-*; do unmkinitramfs "$initrd" "/var/tmp/unpacked/${initrd##*/}"; done
words=()
for wwid in "$1" "$3"; do words+=(-e "${wwid#3}"); done
# /etc/BMR is the lost server's by right; of the notes no word is a disk's name
if grep -r "${words[@]}" /etc /var/tmp/unpacked /boot/grub --exclude-dir=BMR --exclude=site-notes; then
  fail "old names are left"
fi
grep -q "36000${3}00 ticket-$3-2024" /etc/site-notes || fail "/etc/site-notes was changed"
rm -r /var/tmp/unpacked

step "the files are what they were, but for the names"
kept=/var/log/bmr/replaced
(cd $kept && find . -type f -printf '%P\n') | sort >/lab/replaced
cat /lab/replaced
while read -r file; do
  # grub.cfg was made anew, device.map isn't needed
  case $file in boot/grub/*) continue ;; esac
  sed -e "s/${1#3}/${2#3}/g" -e "s/${3#3}/${4#3}/g" "$kept/$file" | cmp - "/$file" || fail "/$file has other changes"
  [ "$(stat -c '%a %u %g' "$kept/$file")" = "$(stat -c '%a %u %g' "/$file")" ] || fail "/$file has other attributes"
done </lab/replaced

step "manifest of its files"
write_manifest /lab/manifest

step "bmr verify"
node /lab/bmr.cjs verify --set /etc/BMR --map-file /lab/disks.map
step "checked"
