# In the rescue system: a recovery that is killed, with all its children, in the middle of diskinit and again in the middle
# of the restore. The next boot goes on (recover-resumed.sh), with the journal in /lab.
. /lab/rescue.sh

# Starts a recovery in a session of its own and kills that session as soon as the condition holds.
# Arguments: a name for its output, the condition's function
recover_until() {
  local leader status=0 output="/lab/$1.txt"
  export -f recover
  setsid bash -c 'recover --existing=overwrite' >"$output" 2>&1 &
  leader=$!
  until "$2"; do
    kill -0 $leader 2>/dev/null || { cat "$output"; fail "$1: the recovery ended before it could be killed"; }
    sleep 0.1
  done
  pkill -KILL --session $leader
  wait $leader || status=$?
  [ $status = 137 ] || fail "$1: exit status $status instead of a kill"
  tail -3 "$output"
}

volumes_but_no_mount() { [ -e /dev/sysvg/root ] && ! mountpoint -q /mnt/a; }
files_are_coming() { mountpoint -q /mnt/a && [ "$(df --output=used -k /mnt/a | tail -1)" -gt 150000 ]; }

step "fetch the recovery set"
fetch_set
step "bmr recover, to be killed in diskinit"
recover_until killed-in-diskinit volumes_but_no_mount
step "bmr recover, to be killed in the restore"
recover_until killed-in-restore files_are_coming
step "killed twice"
show_disks
step "power off"
