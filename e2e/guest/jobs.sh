# In the rescue system, with four blank LUNs: rebuilds the twelve filesystems. Argument: how many steps side by side.
. /lab/lib.sh

step "bmr diskinit --jobs $1"
node /lab/bmr.cjs diskinit --set /lab/set --confirm=rescue --accept-findings --no-input --yes --jobs "$1" --journal /lab/journal
step "compare"
node /lab/bmr.cjs verify --set /lab/set --when diskinit
step "done"
