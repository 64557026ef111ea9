# In a rescue system that stands for a newer server: a filesystem with today's defaults is made and scanned.
# Argument: the WWID of a blank LUN
. /lab/other-release.sh
map=$(map_of "$1")
show_rescue

step "make a filesystem as this release makes it"
mkfs.ext4 -q -F -L newer "$map"
udevadm settle
dumpe2fs -h "$map" 2>/dev/null | grep "^Filesystem features:"
dumpe2fs -h "$map" 2>/dev/null | grep -q orphan_file || fail "this release's mke2fs makes nothing that is new"

step "bmr scan"
status=0
node /lab/bmr.cjs scan --record /lab/evidence-with-root >/dev/null || status=$?
[ $status = 0 ] || [ $status = 3 ] || fail "bmr scan: exit status $status"
# the root of this rescue system is no part of the recorded machine
node /lab/evidence-without-root.mjs /lab/evidence-with-root >/lab/evidence
node /lab/bmr.cjs scan --evidence /lab/evidence --out /lab/set || [ $? = 3 ]
step "scanned"
