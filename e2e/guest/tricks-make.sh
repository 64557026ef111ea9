# In the rescue system, with blank LUNs: what is recorded for the scenario `tricks`, and strangers' disks.
# Arguments: WWIDs of A, B, the foreign disk F, the stranger N with a volume group of the same name, and the all-zero ones.
. /lab/tricks.sh
a=$1 b=$2 f=$3 n=$4 zero=$5

cat >>/etc/multipath.conf <<F
multipaths {
  multipath {
    wwid $b
    alias mp+b.1
  }
}
blacklist {
  wwid "$zero"
}
F
multipathd reconfigure >/dev/null

step "a stranger's volume group of the same name, and a foreign disk"
only 2 3
vgcreate -qq tricks "$(map_of "$n")"
lvcreate -qq -y -n home -L 32M tricks
mkfs.ext4 -q -L strange /dev/tricks/home
vgcreate -qq rescuevg "$(map_of "$f")"
lvcreate -qq -y -n data -L 64M rescuevg
mkfs.ext4 -q -L foreign /dev/rescuevg/data

step "the server"
only 0 1
[ "$(map_of "$b")" = /dev/mapper/mp+b.1 ] || fail "the alias isn't there: $(ls /dev/mapper)"
table "$a" <<'TABLE'
label: gpt
1 : size=64M, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
2 : size=100M, type=E6D6D379-F507-44C2-A23C-238F2A3DF928
3 : size=32M, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
TABLE
part=$(map_of "$a")-part
mkfs.ext4 -q -L BOOT "${part}1"
mkswap -q "${part}3"
pvcreate -qq -y "${part}2" /dev/mapper/mp+b.1
vgcreate -qq tricks "${part}2" /dev/mapper/mp+b.1
lvcreate -qq -y -n root -L 48M tricks "${part}2"
lvcreate -qq -y -n data -L 64M tricks /dev/mapper/mp+b.1
mkfs.ext4 -q -L ROOT /dev/tricks/root
mkfs.ext4 -q -L DATA /dev/tricks/data
mkdir -p /tmp/use
mount /dev/tricks/data /tmp/use
umount /tmp/use
udevadm settle

scan() {
  node /lab/bmr.cjs scan --record "/lab/evidence-$1-with-root" >/dev/null || [ $? = 3 ]
  # the root of this rescue system is no part of the recorded machine
  node /lab/evidence-without-root.mjs "/lab/evidence-$1-with-root" >"/lab/evidence-$1"
  node /lab/bmr.cjs scan --evidence "/lab/evidence-$1" --out "/lab/set-$1" || [ $? = 3 ]
}
step "bmr scan"
scan ab
# a copy on the server's own disk
mount "${part}1" /tmp/use
cp -r /lab/set-ab /tmp/use/set
umount /tmp/use

step "LUNs whose WWID is all zeros"
hide_all
show_once 4 5
first=$(readlink -f /dev/disk/by-path/*-scsi-0:0:4:0) second=$(readlink -f /dev/disk/by-path/*-scsi-0:0:5:0)
mkfs.ext4 -q -L zero "$first"
mkswap -q "$second"
udevadm settle
scan zero
hide_all
step "made"
