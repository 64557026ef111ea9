# In the restored server: what it is now. The host compares with what capture.sh left.
. /lab/inspect.sh

step "look at the server"
show_state
require_multipath

step "manifest of its files"
write_manifest /lab/manifest

step "bmr verify"
node /lab/bmr.cjs verify --set /etc/BMR

step "bmr scan"
node /lab/bmr.cjs scan --json >/lab/scan.json
step "checked"
