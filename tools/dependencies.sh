#!/bin/sh
# SPDX-License-Identifier: MIT
# dependencies.sh check|install [LIST]: compares the package list with what dpkg has installed.
# check says what is missing; install brings it by apt-get, which needs root.
# Exit status: 0 nothing (more) missing, 1 apt-get failed, 2 wrong use or not a Debian system,
# 3 packages are missing and nothing was changed (the command to type is printed).
set -u
verb=${1:-}
list=${2:-$(dirname "$0")/packages.txt}

package_present() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

packages_missing() {
	while read -r name reason; do
		case $name in '' | '#'*) continue ;; esac
		package_present "$name" || printf '%s\t%s\n' "$name" "$reason"
	done <"$list"
}

packages_install() {
	export DEBIAN_FRONTEND=noninteractive
	apt-get update && apt-get install -y --no-install-recommends "$@"
}

case $verb in
check | install) ;;
*) echo "usage: dependencies.sh check|install [LIST]" >&2; exit 2 ;;
esac
command -v dpkg-query >/dev/null || { echo "dependencies: no dpkg: not a Debian system" >&2; exit 2; }
[ -r "$list" ] || { echo "dependencies: cannot read $list" >&2; exit 2; }

missing=$(packages_missing)
if [ -z "$missing" ]; then
	echo "dependencies: all packages are installed"
	exit 0
fi
echo "dependencies: missing packages:"
printf '%s\n' "$missing" | sed 's/^/  /' | expand -t 24
names=$(printf '%s\n' "$missing" | cut -f1 | tr '\n' ' ')
names=${names% }

if [ "$verb" = install ] && [ "$(id -u)" -eq 0 ]; then
	# shellcheck disable=SC2086 # the names are meant to be split
	packages_install $names || { echo "dependencies: apt-get failed" >&2; exit 1; }
	exit 0
fi
echo "dependencies: as root, type:"
echo "  apt-get update && apt-get install -y --no-install-recommends $names"
exit 3
