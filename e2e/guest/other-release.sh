# Sourced by the scripts of the scenario `other-rescue` (bash).
. /lab/rescue.sh

# What this rescue system is, for the report of the scenario.
show_rescue() {
  . /etc/os-release
  date -u "+RESCUE $PRETTY_NAME, Linux $(uname -r), clock %F %T"
  echo "RESCUE $(mke2fs -V 2>&1 | sed -n '1s/ (.*//p'), $(sfdisk -v), LVM$(lvm version | sed -n 's/^ *LVM version: *//p')," \
    "$(multipath -h 2>&1 | sed -n 's/^\(multipath-tools v[0-9.]*\).*/\1/p'), $(tar --version | sed -n 1p)"
}

# Linux 5.10 measures the TSC against the emulated PIT; on a busy host its clock then runs several times too fast, and time
# limits end what has hardly begun
echo acpi_pm >/sys/devices/system/clocksource/clocksource0/current_clocksource
