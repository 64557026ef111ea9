# In the rescue system, with blank disks: a recovery that is killed at the end of each of its steps, one after the other.
. /lab/resume.sh

step "fetch the recovery set"
fetch_set
cp -r /tmp/etc/BMR /lab/set
step "bmr recover, killed at each boundary"
kills=0
while :; do
  recover_up_to boundary --jobs 1
  [ $status = 137 ] || break
  kills=$((kills + 1))
  [ $kills -le 100 ] || fail "it never comes to its end"
done
require_status 0
step "recovered after $kills kills"
show_disks
require_released
step "done"
