# In the same server after a reboot with its LUNs in another order: `bmr check` is silent. Then one difference after the
# other is planted by real tools, found by `bmr check` and by `bmr verify`, and taken back. In the end the server loses
# things before a scan and a backup. Argument: the WWID of the third LUN.
. /lab/drift.sh
a=$(map_of 35000c500a0000001) c=$(map_of "$1")
root=/dev/sysvg/root data=/dev/sysvg/data spool=/dev/sysvg/spool more=$c-part2

bmr() { node /lab/bmr.cjs "$@"; }

# silent COMMAND...: it tells nothing, and exits with 0
silent() {
  local status=0
  bmr "$@" >/tmp/told || status=$?
  [ $status = 0 ] && [ ! -s /tmp/told ] || fail "bmr $* exits with $status: $(cat /tmp/told)"
}

# told SUBJECT FIELD COMMAND...: it exits with 3 and names this field of this subject
told() {
  local subject=$1 field=$2 status=0
  shift 2
  bmr "$@" --json >/tmp/told || status=$?
  [ $status = 3 ] || fail "bmr $* exits with $status, and not with 3: $subject $field isn't told"
  node -e 'const { differences } = JSON.parse(require("node:fs").readFileSync("/tmp/told", "utf8"));
    const [, subject, field] = process.argv;
    for (const d of differences) console.log(`      ${d.subject} ${d.field}: was ${JSON.stringify(d.was)?.slice(0, 60)}, is ${JSON.stringify(d.is)?.slice(0, 60)}`);
    process.exit(differences.some((d) => d.subject.includes(subject) && d.field === field) ? 0 : 1)' "$subject" "$field" ||
    fail "bmr $* doesn't tell $subject $field"
}

planted=0
# plant SUBJECT FIELD DO UNDO: check and verify tell it; only_check: verify has nothing to say about it
plant() {
  printf '    %s\n' "$3"
  eval "$3" >/dev/null
  told "$1" "$2" check
  told "$1" "$2" verify
  eval "$4" >/dev/null
  planted=$((planted + 1))
}
only_check() {
  printf '    %s\n' "$3"
  eval "$3" >/dev/null
  told "$1" "$2" check
  eval "$4" >/dev/null
  planted=$((planted + 1))
}
# what udev knows of partitions is asked of it, not of the disk
retrigger() { udevadm trigger --settle --action=change "$(readlink -f "$c-part2")"; }
superblock() { dumpe2fs -h "$1" 2>/dev/null | sed -n "s/^$2: *//p"; }
reserved=$(superblock $root 'Reserved block count')
spool_uuid=$(superblock $spool 'Filesystem UUID')
part_uuid=$(sfdisk --part-uuid "$c" 2)
sf="sfdisk -q --no-reread --no-tell-kernel"

step "no name is what it was, and nothing has drifted"
names >/tmp/names
if cmp -s /tmp/names /lab/kept/names; then fail "all disks have kept their names"; fi
paste /lab/kept/names /tmp/names
silent check
silent verify
bmr scan --record /lab/rebooted.json >/dev/null

step "filesystems"
field=content.detail.superblock
plant lv:sysvg/root content.label "tune2fs -L other $root" "tune2fs -L root $root"
plant lv:sysvg/root $field.maxMountCount "tune2fs -c 17 $root" "tune2fs -c -1 $root"
plant lv:sysvg/root $field.checkIntervalSeconds "tune2fs -i 3d $root" "tune2fs -i 0 $root"
plant lv:sysvg/root $field.errorsBehavior "tune2fs -e panic $root" "tune2fs -e continue $root"
plant lv:sysvg/root $field.reservedBlocks "tune2fs -r 3600 $root" "tune2fs -r $reserved $root"
plant lv:sysvg/root $field.reservedUid "tune2fs -u 77 $root" "tune2fs -u 0 $root"
plant lv:sysvg/root $field.reservedGid "tune2fs -g 77 $root" "tune2fs -g 0 $root"
plant lv:sysvg/root $field.defaultMountOptions "tune2fs -o discard $root" "tune2fs -o ^discard $root"
plant lv:sysvg/root $field.directoryHash "tune2fs -E hash_alg=tea $root" "tune2fs -E hash_alg=half_md4 $root"
plant lv:sysvg/data $field.mountOptions "tune2fs -E mount_opts=delalloc $data" "tune2fs -E mount_opts=nodelalloc $data"
plant lv:sysvg/data $field.raidStride "tune2fs -E stride=8 $data" "tune2fs -E stride=16 $data"
plant lv:sysvg/data $field.raidStripeWidth "tune2fs -E stripe_width=64 $data" "tune2fs -E stripe_width=32 $data"
plant lv:sysvg/spool content.uuid "tune2fs -U random $spool" "tune2fs -U $spool_uuid $spool"
plant "$1/1" content.detail.bootSector.volumeId "poke $c-part1 67 '\\002'" "poke $c-part1 67 '\\001'"

step "LVM"
plant lv:sysvg/spool detail.tags "lvchange --addtag x $spool" "lvchange --deltag x $spool"
plant lv:sysvg/spool detail.readAhead "lvchange --readahead 512 $spool" "lvchange --readahead auto $spool"
plant lv:sysvg/spool detail.allocation "lvchange --alloc contiguous $spool" "lvchange --alloc inherit $spool"
plant lv:sysvg/spool detail.skipActivation "lvchange --setactivationskip y $spool" "lvchange --setactivationskip n $spool"
plant lv:sysvg/swap bytes "lvextend -l +1 /dev/sysvg/swap" "lvreduce -y -l -1 /dev/sysvg/swap"
only_check lv:sysvg/extra node "lvcreate -y -Wy -l 1 -n extra sysvg" "lvremove -y sysvg/extra"
plant vg:sysvg detail.tags "vgchange --addtag site sysvg" "vgchange --deltag site sysvg"
plant vg:sysvg detail.maxVolumes "vgchange -l 50 sysvg" "vgchange -l 0 sysvg"
plant vg:sysvg detail.maxPvs "vgchange -p 50 sysvg" "vgchange -p 0 sysvg"
plant vg:sysvg detail.resizeable "vgchange --resizeable n sysvg" "vgchange --resizeable y sysvg"
plant vg:sysvg detail.allocation "vgchange --alloc cling sysvg" "vgchange --alloc normal sysvg"
plant 0001/2 content.detail.tags "pvchange --addtag old $a-part2" "pvchange --deltag old $a-part2"
plant 0001/2 content.detail.allocatable "pvchange -x n $a-part2" "pvchange -x y $a-part2"
plant 0001/2 content.detail.metadataAreasUsed "pvchange --metadataignore y $a-part2" "pvchange --metadataignore n $a-part2"

step "partition tables"
plant "$1/2" detail.type "$sf --part-type $c 2 933AC7E1-2EB4-4F13-B844-0E14E2AEF915" "$sf --part-type $c 2 0FC63DAF-8483-4772-8E79-3D69D8477DE4"
plant "$1/2" detail.name "$sf --part-label $c 2 other" "$sf --part-label $c 2 more"
plant "$1/2" detail.uuid "$sf --part-uuid $c 2 11111111-2222-4333-8444-555555555555" "$sf --part-uuid $c 2 $part_uuid"
plant "$1/2" detail.attributes "$sf --part-attrs $c 2 GUID:60; retrigger" "$sf --part-attrs $c 2 ''; retrigger"
plant "$1" content.uuid "$sf --disk-id $c 1AB00000-0000-4000-8000-0000000000D4" "$sf --disk-id $c 1AB00000-0000-4000-8000-0000000000D3"
plant "$1" content.detail.pmbrBoot "$sf --activate $c 1" "$sf --activate $c -"
plant 0001/1 detail.bootable "$sf --activate $a -" "$sf --activate $a 1"
plant 0001/5 detail.type "$sf --part-type $a 5 fd" "$sf --part-type $a 5 83"

step "swap, fstab, mounts"
swap=/dev/sysvg/swap
plant lv:sysvg/swap content.label "swapoff $swap; swaplabel -L other $swap" "swaplabel -L swap-lv $swap; swapon -p 7 $swap"
plant lv:sysvg/swap content.detail.fstab "sed -i s/pri=7/pri=8/ /etc/fstab" "sed -i s/pri=8/pri=7/ /etc/fstab"
plant mount:/var/spool fstab.options "sed -i 's/ext2 nodev /ext2 nodev,noexec /' /etc/fstab" "sed -i 's/nodev,noexec/nodev/' /etc/fstab"
plant mount:/var/spool fstab.pass "sed -i 's/nodev 0 2/nodev 0 0/' /etc/fstab" "sed -i 's/nodev 0 0/nodev 0 2/' /etc/fstab"
plant mount:/var/spool fstab.spec "sed -i s,/dev/sysvg/spool,/dev/mapper/sysvg-spool, /etc/fstab" "sed -i s,/dev/mapper/sysvg-spool,/dev/sysvg/spool, /etc/fstab"
plant mount:/more directory.mode "chmod 700 /more" "chmod 755 /more"
plant mount:/more directory.uid "chown 7 /more" "chown 0 /more"
plant mount:/more directory.gid "chgrp 7 /more" "chgrp 0 /more"
plant mount:/more active "umount /more" "mount /more"
only_check mount:/mnt mount "echo LABEL=more /mnt ext4 noauto 0 0 >>/etc/fstab" "sed -i '\$d' /etc/fstab"

step "the machine"
plant multipath config.files "sed -i 's/find_multipaths no/find_multipaths yes/' /etc/multipath.conf" "sed -i 's/find_multipaths yes/find_multipaths no/' /etc/multipath.conf"
grub_at=$(head -c 512 "$a" | grep -abo GRUB | head -n 1 | cut -d : -f 1)
plant boot config.grub.devices "poke $a $grub_at BURG" "poke $a $grub_at GRUB"
only_check machine hostname "hostname other" "hostname labserver"
only_check "$1" readOnly "blockdev --setro $c" "blockdev --setrw $c"
echo "$planted differences planted, each told"
[ $planted -ge 40 ]

step "all taken back: nothing has drifted, with a path less too"
silent check
silent verify
drop_path mpatha
silent check
bmr scan --record /lab/one-path-less.json >/dev/null

step "the kernel finds an error in a filesystem"
sums() { find /etc -path '/etc/BMR*' -type f -exec sha256sum {} + | sort -k 2; }
# The kernel itself says that it has found an error in the filesystem; what it notes in the superblock takes a moment.
fs_error() {
  echo planted >"/sys/fs/ext4/$(basename "$(readlink -f "$more")")/trigger_fs_error"
  sleep 2
}
held() {
  local status=0
  sums >/tmp/before
  bmr scan --out /etc/BMR >/tmp/told 2>/tmp/said || status=$?
  [ $status = 3 ] && grep -q -- --accept-loss /tmp/said || fail "scan exits with $status: $(cat /tmp/said)"
  cat /tmp/said
  echo "the last good backup" >/lab/good.tar
  status=0
  bmr backup --adapter tar --to /lab/good.tar 2>/tmp/said || status=$?
  [ $status = 3 ] && grep -q -- --accept-loss /tmp/said || fail "backup exits with $status: $(cat /tmp/said)"
  [ "$(cat /lab/good.tar)" = "the last good backup" ] || fail "the backup was touched"
  sums | cmp - /tmp/before || fail "the recovery set was touched"
}
fs_error
held
grep -q 'marked as having errors' /tmp/said
status=0
bmr scan --out /etc/BMR --accept-loss >/dev/null || status=$?
[ $status = 3 ]
sums | cmp -s - /tmp/before && fail "--accept-loss writes no set"

step "a filesystem is made read-only by an error"
mount -o remount,errors=remount-ro /more
fs_error
held
grep -q 'takes no more writes' /tmp/said

step "the root is emptied"
sums >/tmp/before
# bmr's own Node and tools have to go on running: of the root, /etc is what is emptied, in a namespace of its own
cp -a /etc/BMR /lab/set
status=0
unshare --mount bash -c 'mount -t tmpfs none /etc && node /lab/bmr.cjs scan --out /lab/set >/dev/null' 2>/tmp/said || status=$?
[ $status = 3 ] && grep -q 'holds no installed system' /tmp/said || fail "scan exits with $status: $(cat /tmp/said)"
diff -r /etc/BMR /lab/set

step "a LUN is pulled"
for path in $(multipath -ll mpathc | grep -o 'sd[a-z]*'); do echo 1 >"/sys/block/$path/device/delete"; done
bmr scan --record /lab/lun-pulled.json >/dev/null || [ $? = 3 ]
held
grep -q mpathc /tmp/said
step "checked"
