# Sourced by the scripts of the scenario `over-old` (bash).
. /lab/rescue.sh

# Waits until systemd and udev have started the old server's volume group, over single paths.
require_started() {
  local try
  for try in {1..120}; do
    [ ! -e /dev/mapper/sysvg-root ] || break
    sleep 1
  done
  udevadm settle
  [ -e /dev/mapper/sysvg-root ] || fail "the rescue system hasn't started the volume group: $(ls /dev/mapper)"
  [ -z "$(dmsetup ls --target multipath | grep -v '^No devices' || :)" ] || fail "there are multipath maps"
}
