# In the rescue system, with four blank LUNs: makes partition tables and LVM with all that they can have, scans them, and
# keeps what the tools themselves say of them. Arguments: the LUNs' WWIDs.
. /lab/storage.sh

modprobe -a dm_thin_pool dm_mirror dm_snapshot

step "make partition tables"
# odd places, a gap in the numbers, names to be quoted, attributes, the protective MBR's flag
table "$1" <<'TABLE'
label: gpt
label-id: 3B8559DB-33AF-43E9-BEFC-C331D829B539
first-lba: 34
1 : start=34, size=2014, type=21686148-6449-6E6F-744E-656564454649, name="BIOS \x22boot\x22"
2 : size=200M, type=E6D6D379-F507-44C2-A23C-238F2A3DF928
3 : size=200M, type=E6D6D379-F507-44C2-A23C-238F2A3DF928, attrs="GUID:63"
4 : size=50M, name="caf\xc3\xa9 $HOME", attrs="RequiredPartition LegacyBIOSBootable"
7 : size=64M, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
TABLE
sfdisk -q --no-reread --no-tell-kernel --activate "$(map_of "$1")" 1
table "$2" <<'TABLE'
label: dos
label-id: 0x1ddc8a79
1 : start=2048, size=200M, type=8e, bootable
3 : type=5
5 : size=200M, type=8e
6 : size=64M, type=83
7 : size=200M, type=8e
TABLE
a=$(map_of "$1")-part b=$(map_of "$2")-part c=$(map_of "$3") d=$(map_of "$4")

step "make LVM"
# metadata areas of other sizes and numbers, one ignored; a boot loader area; a physical volume without a group
pvcreate -qq -y "${a}2" "${a}3" "${b}5" "${b}7"
pvcreate -qq -y --dataalignment 3m --bootloaderareasize 1m "${b}1"
pvcreate -qq -y --metadatasize 8m --pvmetadatacopies 2 "$c"
pvcreate -qq -y --metadatasize 2m --dataalignment 4m "$d"
vgcreate -qq -s 8M --addtag site:x --addtag t2 --maxlogicalvolumes 20 --maxphysicalvolumes 9 vg-one "${a}2" "${a}3" "${b}1"
pvchange -qq -y --metadataignore y "${a}3"
pvchange -qq --addtag pvtag "${b}1"
lvcreate -qq -y -n lin-ear -L 64M --addtag lvtag vg-one "${a}2"
lvcreate -qq -y -n str -i 2 -I 128k -L 64M vg-one "${a}2" "${a}3"
lvextend -qq -y -L +64M vg-one/lin-ear "${b}1"
lvextend -qq -y -L +32M vg-one/lin-ear "${a}3"
lvcreate -qq -y -n ro -L 8M vg-one
lvchange -qq --permission r vg-one/ro
lvcreate -qq -y -n minor -L 8M --persistent y --major 253 --minor 77 vg-one
lvcreate -qq -y -n skip -L 8M --setactivationskip y vg-one
lvcreate -qq -y -n off -L 8M vg-one
lvchange -qq --activate n vg-one/off
lvcreate -qq -y -n ra -L 8M --readahead 512 vg-one
lvchange -qq --alloc contiguous vg-one/ra
vgchange -qq --alloc cling vg-one
# what can't be rebuilt, among what can
vgcreate -qq vg2 "$c" "${b}5"
lvcreate -qq -y -n pool --type thin-pool -L 64M vg2
lvcreate -qq -y -n thin --virtualsize 128M --thinpool pool vg2
lvcreate -qq -y -n mir --type mirror -m 1 --mirrorlog core -L 16M vg2
lvcreate -qq -y -n orig -L 16M vg2
lvcreate -qq -y -n snap --snapshot -L 8M vg2/orig
# owned by this machine's system ID, which the rescue system won't have
sed -i 's/^global {/global {\n system_id_source="lvmlocal"/' /etc/lvm/lvm.conf
printf 'local { system_id="srv" }\n' >/etc/lvm/lvmlocal.conf
vgcreate -qq vgsid "${b}7"
lvcreate -qq -y -n data -L 32M vgsid

step "make filesystems"
mkfs.ext4 -q -L LIN /dev/vg-one/lin-ear
mkfs.ext3 -q /dev/vg-one/str
mkfs.ext4 -q /dev/vg2/orig
mkfs.ext4 -q /dev/vgsid/data
mkfs.ext2 -q -L A4 "${a}4"
mkfs.ext2 -q "${b}6"
mkswap -q "${a}7"
udevadm settle

step "bmr scan"
status=0
node /lab/bmr.cjs scan --record /lab/evidence-with-root >/dev/null || status=$?
[ $status = 3 ] || fail "the scan says nothing of what won't come back: exit status $status"
# the root of this rescue system is no part of the recorded machine
node /lab/evidence-without-root.mjs /lab/evidence-with-root >/lab/evidence
node /lab/bmr.cjs scan --evidence /lab/evidence --out /lab/set || [ $? = 3 ]

step "ask the tools"
known_to /lab/known "$1" "$2"
step "made"
