# In the rescue system, with LUNs of other WWIDs and other sizes: the recorded disks are mapped onto them, larger and smaller
# ones. Arguments: three pairs of WWIDs, the recorded one and the one that takes its place.
. /lab/mapped.sh

diskinit() {
  node /lab/bmr.cjs diskinit --set /lab/set --confirm=rescue --accept-findings --no-input --yes --journal /lab/journal \
    --map-file /lab/disks.map "$@"
}

refused_for() {
  local status=0 what=$1
  shift
  "$@" 2>/lab/refused.txt || status=$?
  cat /lab/refused.txt
  [ $status = 4 ] || fail "exit status $status instead of 4"
  grep -q "^  $what  " /lab/refused.txt || fail "no problem $what"
}

# Exits with 0 where nothing was written to any of the LUNs.
all_blank() {
  local wwid
  for wwid in "$2" "$4" "$6"; do
    cmp -n "$(blockdev --getsize64 "$(map_of "$wwid")")" "$(map_of "$wwid")" /dev/zero || fail "$wwid was written to"
  done
}

step "bmr map --suggest"
node /lab/bmr.cjs map --suggest --set /lab/set --out /lab/suggested.map
cat /lab/suggested.map
for pair in "$1 $2" "$3 $4" "$5 $6"; do
  grep -q "^? lun:${pair% *} = lun:${pair#* } # " /lab/suggested.map || fail "${pair% *} isn't proposed to be ${pair#* }"
done
if node /lab/bmr.cjs map --suggest --set /lab/set --out /lab/suggested.map; then fail "the file was overwritten"; fi

step "a proposal that nobody has confirmed maps nothing"
cp /lab/suggested.map /lab/disks.map
refused_for map-unread diskinit --resize
# all but the last one confirmed, and saved by an editor of another system
sed -i -e '0,/^? /s/^? //' /lab/disks.map
sed -i -e '0,/^? /s/^? //' -e 's/$/\r/' /lab/disks.map
refused_for map-unread diskinit --resize
sed -i 's/^? //' /lab/disks.map
refused_for too-small diskinit
all_blank "$@"

step "bmr diskinit --resize --dry-run"
diskinit --resize --dry-run >/lab/commands.txt 2>/lab/announced.txt
cat /lab/announced.txt
all_blank "$@"

step "bmr diskinit --resize"
diskinit --resize 2>&1 | tee /lab/said.txt
grep -q '^verified: ' /lab/said.txt || fail "not verified"

step "sizes as announced"
lsblk -b -o NAME,TYPE,SIZE,FSTYPE,LABEL
pvs --units b -o pv_name,pv_uuid,pv_size,pv_pe_count,pv_pe_alloc_count
lvs --units b --segments -o lv_name,lv_uuid,lv_size,segtype,seg_pe_ranges datavg
# id, what, bytes: two lines in the announcement
sed -nE '/^  [a-z]+:/{N;s/^  ([^ ]+)  ([^\n]+)\n.*becomes .*\(([0-9]+) bytes\).*/\1 \2 \3/p}' /lab/announced.txt >/lab/sizes.txt
cat /lab/sizes.txt
device_of() {
  local id=$1 old new
  for pair in "${pairs[@]}"; do
    read -r old new <<<"$pair"
    case $id in
      "lun:$old") map_of "$new" ;;
      "part:lun:$old/"*) echo "$(map_of "$new")-part${id##*/}" ;;
    esac
  done
  case $id in lv:*) echo "/dev/${id#lv:}" ;; esac
}
pairs=("$1 $2" "$3 $4" "$5 $6")
seen=0
while read -r id what; do
  bytes=${what##* } what=${what% *} device=$(device_of "$id")
  case $what in
    disk | partition | volume) is=$(blockdev --getsize64 "$device") ;;
    "extended partition" | *" table") continue ;;
    "physical volume") is=$(pvs --noheadings --nosuffix --units b -o pv_size "$device" | tr -d ' ') ;;
    ext*) is=$(dumpe2fs -h "$device" 2>/dev/null | awk -F': *' '/^Block count/{n=$2} /^Block size/{s=$2} END{print n*s}') ;;
    *) fail "what is $what?" ;;
  esac
  [ "$is" = "$bytes" ] || fail "$id $what has $is bytes, announced were $bytes"
  seen=$((seen + 1))
done </lab/sizes.txt
[ $seen -ge 10 ] || fail "only $seen sizes were announced"
for name in first logical keep fast files; do e2fsck -fn "/dev/disk/by-label/$name"; done

step "bmr verify"
node /lab/bmr.cjs verify --set /lab/set --when diskinit --map-file /lab/disks.map --resize

step "restore by hand, and compare"
bring_back() {
  tar -C "$2" -xpf "/lab/$1.tar"
  (cd "$2" && sha256sum --quiet -c "/lab/$1.sums")
}
for name in first logical keep fast files; do with_filesystem "$name" bring_back; done
step "as announced"
