# In the rescue system, booted anew after recover-killed.sh: the same command goes on to the end.
. /lab/rescue.sh

step "fetch the recovery set"
fetch_set
step "bmr recover, again"
recover --existing=overwrite
step "look at the disks"
show_disks
require_released
step "recovered"
