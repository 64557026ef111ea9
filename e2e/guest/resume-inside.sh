# In the rescue system, with blank disks: a recovery that is killed inside steps. Arguments: the moments, in plan order.
. /lab/resume.sh

step "fetch the recovery set"
fetch_set
cp -r /tmp/etc/BMR /lab/set
for moment; do
  step "bmr recover, killed $moment"
  recover_up_to "$moment" --jobs 4
  require_status 137
done
step "bmr recover, to its end"
recover_up_to never --jobs 4
require_status 0
show_disks
require_released
step "done"
