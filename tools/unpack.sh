#!/bin/sh
# SPDX-License-Identifier: MIT
# unpack.sh ARCHITECTURE LIST FOLDER: brings the Debian packages that LIST names, of another architecture, and unpacks them
# into FOLDER. Nothing is installed and no root is needed: apt works on a state of its own, with the machine's sources, so the
# machine's own package lists stay as they are. Does nothing if all of LIST is there.
# Exit status: 0 all is there, 1 apt-get failed, 2 wrong use or not a Debian system.
set -u
[ $# -eq 3 ] || { echo "usage: unpack.sh ARCHITECTURE LIST FOLDER" >&2; exit 2; }
architecture=$1 list=$2 folder=$3
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
	{ echo "unpack: no apt-get: not a Debian system" >&2; exit 2; }
[ -r "$list" ] || { echo "unpack: cannot read $list" >&2; exit 2; }
list=$(cd "$(dirname "$list")" && pwd)/$(basename "$list")
cmp -s "$list" "$folder/packages" && exit 0
names=$(sed 's/#.*//' "$list" | awk 'NF { print $1 }')

rm -rf "$folder"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial" || exit 1
cd "$folder/apt" || exit 1
trap 'cd / && rm -rf "$place"' EXIT
place=$(pwd)
: >status
cat >configuration <<END
Dir::State "$place";
Dir::State::status "$place/status";
Dir::Cache "$place";
Dir::Log "$place";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "";
Acquire::Languages "none";
END
export APT_CONFIG=$place/configuration
fail() {
	echo "unpack: the $architecture packages cannot be had: $(echo $names)" >&2
	sed 's/^/  /' log | tail -8 >&2
	echo "  they need the machine's package sources; try again: make deps" >&2
	exit 1
}
# An index that cannot be had does not matter if the packages are found in others.
apt-get -q update >log 2>&1
# shellcheck disable=SC2086 # the names are meant to be split
apt-get -q download $names >>log 2>&1 || fail
for package in *.deb; do
	dpkg-deb -x "$package" .. >>log 2>&1 || fail
done
cp "$list" ../packages
echo "unpack: $architecture packages are in $folder: $(echo $names)"
