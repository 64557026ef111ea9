# Installs the lab's server on two blank multipathed LUNs, by copying the rescue system's root: a stand-in for Debian's
# installer. Its storage is meant to be awkward: what a rebuild could lose is set to something that no default gives.
# Arguments: WWID of the system LUN, WWID of the data LUN
. /lab/lib.sh
system=$(map_of "$1")
data=$(map_of "$2")

step "partition tables: msdos with logical partitions, GPT"
# --no-reread, --no-tell-kernel: a device-mapper device has no BLKRRPART; kpartx makes its partitions
sfdisk --quiet --no-reread --no-tell-kernel "$system" <<'P'
label: dos
label-id: 0x1ab0cafe
1 : start=2048, size=200M, type=83, bootable
2 : size=1300M, type=8e
4 : size=400M, type=5
5 : size=150M, type=83
6 : size=64M, type=82
P
sfdisk --quiet --no-reread --no-tell-kernel "$data" <<'P'
label: gpt
label-id: 1AB00000-0000-4000-8000-00000000CAFE
1 : size=900M, type=E6D6D379-F507-44C2-A23C-238F2A3DF928, name="PV two"
3 : start=1900544, size=160M, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="odd $(reboot) `name`", attrs="GUID:63,LegacyBIOSBootable"
P
for map in "$system" "$data"; do kpartx -s -u -p -part "$map"; done
udevadm settle
[ -b "$system-part6" ] && [ -b "$data-part3" ] || fail "no partitions on the maps: $(ls /dev/mapper)"

step "LVM"
pvcreate -qq -y "$system-part2"
pvcreate -qq -y --dataalignment 2m "$data-part1"
vgcreate -qq -s 8m sysvg "$system-part2" "$data-part1"
lvcreate -qq -y -Wy -n root -L 800m sysvg "$system-part2"
# the second segment: root lies on both LUNs
lvextend -qq -L +128m sysvg/root "$data-part1"
lvcreate -qq -y -Wy -n data -i 2 -I 64k -L 256m sysvg
lvcreate -qq -y -Wy -n swap -L 128m sysvg
lvcreate -qq -y -Wy -n spool -L 96m --addtag lab sysvg "$data-part1"

step "filesystems"
mkfs.ext3 -q -F -b 1024 -L boot "$system-part1"
tune2fs -r 1237 -e remount-ro -i 37d -c 23 "$system-part1" >/dev/null
mkfs.ext4 -q -F -L root -O '^64bit,^metadata_csum,^resize_inode' -I 512 -i 8192 -m 1.5 -J size=8 /dev/sysvg/root
mkfs.ext4 -q -F -b 4096 -L srv-data -E stride=16,stripe_width=32 -G 8 /dev/sysvg/data
tune2fs -E mount_opts=nodelalloc -o user_xattr,acl,journal_data_ordered -u 1234 /dev/sysvg/data >/dev/null
mkfs.ext4 -q -F -b 2048 -L 'odd label' "$data-part3"
mkfs.ext2 -q -F -L opt -N 5000 "$system-part5"
mkfs.ext2 -q -F -b 1024 -I 128 /dev/sysvg/spool
mkswap -q -L swap-part "$system-part6"
mkswap -q -L swap-lv /dev/sysvg/swap
uuid_of() { blkid -p -s UUID -o value "$1"; }

target=/mnt/a
step "mount"
mkdir -p $target
mount /dev/sysvg/root $target
mount_below() { mkdir -p "$target$2" && mount "$1" "$target$2"; }
mount_below "$system-part1" /boot
mount_below "$system-part5" /opt
mount_below /dev/sysvg/data /srv
mount_below "$data-part3" '/srv/odd mount'
mount_below /dev/sysvg/spool /var/spool

step "copy the system"
tar -C / --one-file-system --xattrs --acls --numeric-owner -b 512 -cf - \
  --exclude=./{dev,lab,mnt,proc,run,sys,tmp} --exclude=./usr/local/sbin/rescue-init . |
  tar -C $target --xattrs --xattrs-include='*' --acls --numeric-owner -b 512 -xpf -
mkdir -p $target/{proc,sys,dev,run,tmp,mnt,lab}
chmod 1777 $target/tmp

step "configure it"
# rescue-init took these away from the running rescue system
for wwid in "$1" "$2"; do echo "/$wwid/"; done >$target/etc/multipath/wwids
printf 'mpatha %s\nmpathb %s\n' "$1" "$2" >$target/etc/multipath/bindings
chmod 600 $target/etc/multipath/{wwids,bindings}
# under emulation on a busy host, udev may need longer than systemd's 90 seconds to announce a device
mkdir -p $target/etc/systemd/system.conf.d
printf '[Manager]\nDefaultDeviceTimeoutSec=10min\n' >$target/etc/systemd/system.conf.d/emulation.conf
cat >$target/etc/fstab <<F
# the lab's server: every form of naming a device
/dev/mapper/sysvg-root / ext4 errors=remount-ro 0 1
UUID=$(uuid_of "$system-part1") /boot ext3 nosuid 0 2
LABEL=opt /opt ext2 defaults 0 2
LABEL=srv-data /srv ext4 acl 0 2
LABEL=odd\\040label /srv/odd\\040mount ext4 noatime 0 2
/dev/sysvg/spool /var/spool ext2 nodev 0 2
UUID=$(uuid_of "$system-part6") none swap sw 0 0
/dev/mapper/sysvg-swap none swap sw,pri=7 0 0
F
cat >>$target/etc/default/grub <<'F'
GRUB_TIMEOUT=0
GRUB_CMDLINE_LINUX_DEFAULT="quiet"
GRUB_CMDLINE_LINUX="console=ttyS0 mitigations=off tsc=reliable"
GRUB_TERMINAL=serial
F
bash /lab/payload.sh $target/srv/payload

step "boot loader"
for dir in dev dev/pts proc sys run; do mount --bind /$dir $target/$dir; done
chroot $target grub-install --target=i386-pc "$system"
chroot $target update-grub
for dir in run sys proc dev/pts dev; do umount $target/$dir; done

step "let go"
umount -R $target
vgchange -qq -an sysvg
for map in "$system" "$data"; do kpartx -d "$map" >/dev/null; done
sync
step "installed"
