# In a rescue system of another release than the server's, with blank disks: the whole recovery in one command.
. /lab/other-release.sh
show_rescue

step "fetch the recovery set"
fetch_set
step "bmr recover"
recover
step "look at the disks"
show_disks
require_released
step "recovered"
