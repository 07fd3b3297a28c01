#!/bin/sh
# SPDX-License-Identifier: MIT
# source.sh PACKAGE DIRECTORY: brings the source of a Debian package, as Debian patches it, into DIRECTORY/PACKAGE. The
# mirrors and keys are those of this machine; its own lists are not touched, and no root is needed.
# Exit status: 0 it is there (also if it was before), 1 it could not be brought, 2 wrong use.
set -u
[ $# -eq 2 ] || { echo "usage: source.sh PACKAGE DIRECTORY" >&2; exit 2; }
package=$1
[ -d "$2/$package" ] && exit 0
mkdir -p "$2" && directory=$(cd "$2" && pwd) || exit 1
work=$directory/.$package
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts" "$work/source" || exit 1
trap 'rm -rf "$work"' EXIT

# The same places as for packages, asked for sources.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -r "$file" ] && sed -n 's/^deb\( \|	\)/deb-src\1/p' "$file" >"$work/parts/$(basename "$file" .list).list"
done
for file in /etc/apt/sources.list.d/*.sources; do
	[ -r "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done
cat >"$work/apt.conf" <<EOF
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$work/parts";
EOF
export APT_CONFIG="$work/apt.conf"
cd "$work/source" && apt-get -q update >"$work/log" 2>&1 && apt-get -q source "$package" >>"$work/log" 2>&1 || {
	tail -n 5 "$work/log" >&2
	echo "source: $package could not be brought" >&2
	exit 1
}
mv "$(find . -mindepth 1 -maxdepth 1 -type d)" "$directory/$package"
