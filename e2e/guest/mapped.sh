# Sourced by the scripts of the scenario `mapped` (bash).
. /lab/lib.sh

# Runs a function with the name of a filesystem and the place where it is mounted: NAME FUNCTION
with_filesystem() {
  mkdir -p /tmp/mounted
  mount "/dev/disk/by-label/$1" /tmp/mounted
  "$2" "$1" /tmp/mounted
  umount /tmp/mounted
}

# Fills a filesystem to about a third of 60 MiB, and keeps a copy of it all: NAME PLACE
fill() {
  head -c 20000000 /dev/urandom >"$2/random"
  mkdir "$2/many"
  for n in $(seq 200); do echo "$1 $n" >"$2/many/$n"; done
  (cd "$2" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"/lab/$1.sums"
  mkdir "/tmp/$1-sums"
  cp -a "$2/." "/tmp/$1-sums/"
}
