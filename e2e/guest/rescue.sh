# Sourced by scripts of the rescue system (bash).
. /lab/lib.sh

# The recovery set comes out of the backup: nothing else of the server is left
fetch_set() {
  tar -xf /lab/backup.tar -C /tmp ./etc/BMR
}

recover() {
  node /lab/bmr.cjs --no-input recover --set /tmp/etc/BMR --backup /lab/backup.tar \
    --confirm=labserver --journal /lab/journal "$@"
}

show_disks() {
  lsblk -o NAME,TYPE,SIZE,FSTYPE,LABEL,UUID,MOUNTPOINT
}

# A recovery ends with everything let go: what is still held would not reach the disks at power-off.
require_released() {
  ! mountpoint -q /mnt/a || fail "/mnt/a is still mounted"
  [ -z "$(dmsetup ls | grep sysvg- || :)" ] || fail "logical volumes are still active: $(dmsetup ls)"
}
