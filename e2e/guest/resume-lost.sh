# In the rescue system, with blank disks: a recovery that is killed in the middle and whose journal is lost. Nothing is
# gone on with then: it begins anew, under the same policies as at first. Argument: the moment.
. /lab/resume.sh

step "fetch the recovery set"
fetch_set
cp -r /tmp/etc/BMR /lab/set
step "bmr recover, killed $1"
recover_up_to "$1" --jobs 4
require_status 137
step "the journal is lost; used disks are refused"
rm -r /lab/journal
# what the killed run has mounted is let go of by the plan alone
node /lab/bmr.cjs --no-input umount --set /tmp/etc/BMR --yes --journal /lab/journal >>/lab/said.txt 2>&1
recover_up_to never --jobs 4
require_status 4
grep -q holds-content /tmp/said || { cat /tmp/said; fail "it wasn't refused because of what is on the disks"; }
step "bmr recover --existing=overwrite, to its end; what was restored first counts as the old server"
recover_up_to never --jobs 4 --existing=overwrite --save-old-logs /lab/old-logs
log=$(cd /lab/old-logs && find journal -name system.journal)
cmp "/lab/old-logs/$log" <(tar -xOf /lab/backup.tar "./var/log/$log") || fail "the old logs aren't saved"
require_status 0
show_disks
require_released
step "done"
