# In the rescue system, with blank disks: the whole recovery in one command.
. /lab/rescue.sh

step "fetch the recovery set"
fetch_set
step "bmr recover"
recover
step "look at the disks"
show_disks
require_released
step "recovered"
