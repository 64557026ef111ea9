# In the rescue system, with four blank LUNs: twelve logical volumes with a filesystem each, three on each LUN, scanned.
# Arguments: the LUNs' WWIDs.
. /lab/lib.sh

step "make twelve filesystems"
maps=()
for wwid; do maps+=("$(map_of "$wwid")"); done
pvcreate -qq -y "${maps[@]}"
vgcreate -qq vgjobs "${maps[@]}"
for number in {00..11}; do
  lvcreate -qq -y -Wn -Zn -n "lv$number" -L 192M vgjobs "${maps[10#$number % ${#maps[@]}]}"
  mkfs.ext4 -q -J size=16 "/dev/vgjobs/lv$number"
done
udevadm settle

step "bmr scan"
node /lab/bmr.cjs scan --record /lab/evidence-with-root >/dev/null || [ $? = 3 ]
# the root of this rescue system is no part of the recorded machine
node /lab/evidence-without-root.mjs /lab/evidence-with-root >/lab/evidence
node /lab/bmr.cjs scan --evidence /lab/evidence --out /lab/set || [ $? = 3 ]
step "made"
