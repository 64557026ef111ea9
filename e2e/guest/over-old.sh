# In an ordinary rescue system with systemd, with the LUNs that still hold the broken server: it has started the server's
# volume group by itself, over single paths, since it knows of no multipath map.
. /lab/over.sh

step "look at what the rescue system has started"
require_started
show_disks
fetch_set

step "bmr recover --dry-run"
sums() { dd if=/dev/sda bs=1M count=64 status=none | sha256sum; }
before=$(sums)
node /lab/bmr.cjs --no-input recover --set /tmp/etc/BMR --backup /lab/backup.tar --dry-run --existing overwrite \
  >/lab/dry-run 2>&1 || [ $? = 4 ]
grep -q '^dmsetup remove --retry -- sysvg-root$' /lab/dry-run || fail "the dry run doesn't say what is let go of"
[ -e /dev/mapper/sysvg-root ] || fail "the dry run has let go of the volume group"

step "bmr recover without leave to erase what is there"
status=0
recover >/lab/refused 2>&1 || status=$?
cat /lab/refused
[ $status = 4 ] || fail "exit status $status"
[ "$(grep -c '^  holds-content ' /lab/refused)" = 2 ] || fail "not both LUNs are refused for what they hold"
grep -q 'PV of vg:sysvg' /lab/refused || fail "what they hold isn't said"
grep -q 'lv:sysvg/root (928 MiB): ext4 "root", last mounted' /lab/refused || fail "what was in the volumes isn't said"
[ "$(sums)" = "$before" ] || fail "something was written"
[ -z "$(ls /run/udev/rules.d 2>/dev/null)" ] || fail "what was held off still is: $(ls /run/udev/rules.d)"

step "bmr recover over the old server"
recover --existing overwrite
show_disks
require_released
[ -z "$(ls /run/udev/rules.d)" ] || fail "what was held off still is: $(ls /run/udev/rules.d)"
step "recovered"
