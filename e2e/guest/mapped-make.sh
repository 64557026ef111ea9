# In the rescue system, on blank LUNs: tables, LVM over two of them, filesystems with files, and what bmr scan makes of it.
# What the evidence says of the rescue system's own root is left out. Arguments: the LUNs' WWIDs.
. /lab/mapped.sh
a=$(map_of "$1") b=$(map_of "$2") c=$(map_of "$3")

step "partition tables"
sfdisk -q --no-reread --no-tell-kernel "$a" <<'TABLE'
label: gpt
1 : start=2048, size=100M, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="first"
2 : start=206848, type=E6D6D379-F507-44C2-A23C-238F2A3DF928, name="last"
TABLE
sfdisk -q --no-reread --no-tell-kernel "$c" <<'TABLE'
label: dos
1 : start=2048, size=60M, type=82
4 : type=5
5 : type=83
TABLE
for map in "$a" "$c"; do kpartx -s -u -p -part "$map"; done
udevadm settle

step "LVM over two LUNs"
pvcreate -qq -y "$a-part2" "$b"
vgcreate -qq -s 4M --addtag lab datavg "$a-part2" "$b"
lvcreate -qq -y -Wy -n keep -L 340M datavg "$b"
lvcreate -qq -y -Wy -n fast -i 2 -I 64k -L 128M datavg "$a-part2" "$b"
lvcreate -qq -y -Wy -n paged -L 64M datavg "$b"
lvcreate -qq -y -Wy -n files -L 300M --addtag lv datavg "$a-part2"

step "filesystems, and files in them"
mkfs.ext4 -q -L first "$a-part1"
mkfs.ext3 -q -L logical -m 3 "$c-part5"
for name in keep fast files; do mkfs.ext4 -q -L "$name" "/dev/datavg/$name"; done
mkswap -q -L swap-lv /dev/datavg/paged
mkswap -q -L swap-part "$c-part1"
for name in first logical keep fast files; do
  with_filesystem "$name" fill
  tar -C "/tmp/$name-sums" -cf "/lab/$name.tar" .
done
udevadm settle
sync

step "bmr scan"
status=0
node /lab/bmr.cjs scan --record /lab/evidence-with-root >/dev/null || status=$?
[ $status = 3 ] || fail "the scan says nothing of what isn't saved: exit status $status"
node /lab/evidence-without-root.mjs /lab/evidence-with-root >/lab/evidence
node /lab/bmr.cjs scan --evidence /lab/evidence --out /lab/set || [ $? = 3 ]
step "made"
