# In the rescue system, with LUNs of the same WWIDs: makes the recorded tables and LVM again, first on blank LUNs, then on
# these as they are then. Arguments: the LUNs' WWIDs.
. /lab/storage.sh

diskinit() {
  node /lab/bmr.cjs diskinit --set /lab/set --confirm=rescue --accept-findings --no-input --yes "$@"
}

# Of the group `vg2` only the origin of the snapshot comes back; everything else is as it was.
compare() {
  node /lab/bmr.cjs verify --set /lab/set --when diskinit
  known_to "$1" "$wwid1" "$wwid2"
  grep -q 'orig {' "$1/vg2" || fail "vg2/orig isn't there again"
  ! grep -qE 'pool|thin|mir|snap' "$1/vg2" || fail "vg2 has more than vg2/orig"
  diff -r -x vg2 /lab/known "$1"
}
wwid1=$1 wwid2=$2

step "bmr diskinit on blank LUNs"
diskinit --journal /lab/journal1
step "compare"
compare /lab/known1
if diskinit --journal /lab/journal2; then fail "used LUNs were erased without being allowed to"; fi
step "bmr diskinit on used LUNs"
diskinit --journal /lab/journal2 --existing overwrite
step "compare again"
compare /lab/known2
step "the same"
