# In the healthy server: what it is (manifest, scan), and its backup. Everything is left in /lab.
. /lab/inspect.sh

step "look at the server"
show_state
require_multipath

step "manifest of its files"
write_manifest /lab/manifest

step "bmr scan"
node /lab/bmr.cjs scan
node /lab/bmr.cjs scan --json >/lab/scan.json

step "bmr backup"
node /lab/bmr.cjs backup --adapter tar --to /lab/backup.tar
ls -l /lab/backup.tar /etc/BMR
step "captured"
