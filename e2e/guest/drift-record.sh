# In the healthy server, with a third LUN: puts a GPT with a FAT and an ext4 on it, and records all. Argument: the LUN's WWID.
. /lab/drift.sh
map=$(map_of "$1")

step "use a third LUN"
sfdisk -q --no-reread --no-tell-kernel "$map" <<'P'
label: gpt
label-id: 1AB00000-0000-4000-8000-0000000000D3
1 : size=64M, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI"
2 : size=100M, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="more"
P
kpartx -s -u -p -part "$map"
udevadm settle
# made on the host: the server has no mkfs.vfat
dd if=/lab/fat.img of="$map-part1" bs=1M conv=sparse status=none
mkfs.ext4 -q -L more "$map-part2"
mkdir -p /efi /more
cat >>/etc/fstab <<'F'
LABEL=EFI /efi vfat umask=0077 0 1
LABEL=more /more ext4 defaults 0 2
F
udevadm settle
systemctl daemon-reload
mount /efi
mount /more
show_state

step "bmr scan"
node /lab/bmr.cjs scan --out /etc/BMR --record /lab/server.json
step "bmr check"
node /lab/bmr.cjs check | tee /lab/drift.txt
[ ! -s /lab/drift.txt ] || fail "the server has drifted from what was recorded a moment ago"
mkdir /lab/kept
names >/lab/kept/names
step "recorded"
