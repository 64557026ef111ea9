# Sourced by the scripts of the scenario `resume` (bash).
. /lab/rescue.sh

# Where the journal lies; a power cut needs one that stays.
journal=/lab/journal

# Runs the recovery up to a moment (kill-at.ts), and waits for commands that outlive it: a run that finds them at work
# refuses. Leaves the exit status in `status`: 137 when it was ended, 0 when it came to its end.
# Arguments: the moment, further options of bmr.
recover_up_to() {
  local moment=$1 tries=0
  shift
  mkdir -p "$journal"
  while :; do
    status=0
    KILL_AT=$moment KILL_AT_JOURNAL=$journal/journal.ndjson node --import /lab/kill-at.mjs \
      /lab/bmr.cjs --no-input recover --set /tmp/etc/BMR --backup /lab/backup.tar \
      --confirm=labserver --journal "$journal" "$@" >/tmp/said 2>&1 || status=$?
    cat /tmp/said >>/lab/said.txt
    [ $status = 4 ] && grep -qE 'process [0-9]+ \(.*\) (has it open for writing|is at work in)' /tmp/said || break
    tries=$((tries + 1))
    [ $tries -le 60 ] || fail "commands of a killed run are at work for ever: $(cat /tmp/said)"
    printf 'REFUSED while a command of the killed run was at work\n'
    sleep 5
  done
  grep ^KILLED /tmp/said || :
}

# The recovery must have been ended, or have come to its end: nothing else.
require_status() {
  [ $status = "$1" ] || { cat /tmp/said; fail "exit status $status instead of $1"; }
}
