# Makes a folder of files that only a faithful backup and restore bring back.
# Argument: the folder to make
. /lab/lib.sh
step "files that are hard to restore"
mkdir -p "$1"
cd "$1"

mkdir attributes
echo capable >attributes/capable
setcap cap_net_bind_service,cap_net_raw+ep attributes/capable
echo acl >attributes/acl
setfacl -m u:1234:rw,g:5678:r,m::rwx attributes/acl
mkdir attributes/default-acl
setfacl -m u:4321:rx,d:u:4321:rwx,d:g:8765:rx attributes/default-acl
echo xattr >attributes/xattr
setfattr -n user.plain -v 'a value' attributes/xattr
setfattr -n user.binary -v 0x00ff0a0d22 attributes/xattr
setfattr -n trusted.lab -v trusted attributes/xattr
mkdir attributes/dir-xattr
setfattr -n user.dir -v yes attributes/dir-xattr

mkdir owners
for mode in 0000 0400 0640 1755 2755 4755 6711 7777; do
  echo $mode >owners/mode-$mode
  chown 1000:1000 owners/mode-$mode
  chmod $mode owners/mode-$mode
done
echo big >owners/big-ids
chown 4000000000:3999999999 owners/big-ids
install -d -o 1234 -g 5678 -m 2750 owners/setgid-dir
install -d -m 1777 owners/sticky-dir

mkdir links
echo linked >links/one
ln links/one links/two
mkdir links/deeper
ln links/one links/deeper/three
ln -s one links/symlink
ln -s '/nowhere/$(reboot) at all' links/dangling
chown -h 1234:5678 links/dangling
ln links/dangling links/dangling-too
ln -s "$(printf 'x%.0s' {1..2000})" links/long-target

mkdir sparse
truncate -s 256M sparse/nothing
truncate -s 64M sparse/islands
printf first | dd of=sparse/islands bs=1M seek=3 conv=notrunc status=none
printf last | dd of=sparse/islands bs=1M seek=40 conv=notrunc status=none
truncate -s 5000000000 sparse/larger-than-4g
printf end | dd of=sparse/larger-than-4g bs=1 seek=4999999990 conv=notrunc status=none
: >sparse/empty
head -c 3000000 /dev/urandom >sparse/not-sparse

# No hard link between them: GNU tar keeps those of files and symlinks only (src/create.c, dump_file0)
mkdir special
mknod special/block b 8 1
mknod special/char c 1 3
chmod 0640 special/char
mkfifo -m 0622 special/fifo

mkdir times
echo 1 >times/sub-second
touch -d '2001-02-03 04:05:06.123456789 UTC' times/sub-second
echo 2 >times/before-1970
touch -d '1960-01-01 00:00:00.5 UTC' times/before-1970
echo 3 >times/after-2038
touch -d '2100-12-31 23:59:59.999999999 UTC' times/after-2038
ln -s sub-second times/symlink
touch -h -d '1999-09-09 09:09:09.999 UTC' times/symlink
mkdir times/dir
touch -d '1998-08-08 08:08:08.080808080 UTC' times/dir

mkdir names
cd names
name() { printf '%s' "$1" >"./$1"; }
name 'with blank'
name ' leading and trailing '
name "single'quote"
name 'double"quote'
name '$(reboot)'
name '`reboot`'
name '${HOME}'
name '*?[a-z]'
name 'back\slash'
name 'back\\012slash'
name $'new\nline'
name $'tab\tand\rreturn'
name $'\x01\x7fcontrol'
name '-rf'
name '--exclude=names'
name '#comment'
name '~'
name '...'
name 'äöü-日本-🙂'
# the same letter, composed and decomposed: two names
name $'\u00e9'
name $'e\u0301'
name $'latin1-\xe9'
name $'not-utf8-\xff\xfe'
name "$(printf 'n%.0s' {1..255})"
mkdir -- '-p dir'
name '-p dir/file'
deep=.
for level in {1..12}; do deep=$deep/a-directory-with-a-long-name-at-level-$level; done
mkdir -p "$deep"
echo deep >"$deep/file"
cd ..
