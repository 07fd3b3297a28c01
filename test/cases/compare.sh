#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh LOGS DIFFERENCES: compares which cases the tests of each suite ran on the hosted kernel and on the microkernel,
# by what they wrote into LOGS. DIFFERENCES lists those that run on one only, a line each:
#    SUITE | CASE | KERNEL that runs it | WHY the other does not
# Exit status: 0 the lists are the same but for these, 1 not (also if what is listed runs on both), 2 wrong use.
set -u
[ $# -eq 2 ] && [ -d "$1" ] && [ -r "$2" ] || { echo "usage: $0 LOGS DIFFERENCES"; exit 2; }
logs=$1 differences=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
: >"$work/found"
missing=0 both=0

# What a line says that tells of a case, by suite: a case is its name.
cases() { # SUITE TEST...: the cases that these tests ran and found right, sorted
	case $1 in
	kernel) line='s/^ok  *\([a-z0-9_]*\): .*/\1/p' ;;
	system) line='s/^\[suite\] ok  *\([a-z0-9_]*\): .*/\1/p' ;;
	native) line='s/^\[native\] \([a-z_]*\): [0-9]* rounds: .*/\1/p' ;;
	storm) line='s/^\([a-z0-9_]*\)  *\([0-9]*\) of \2 right .*/\1/p;s/^restored [0-9]* times: //p' ;;
	*) line='s/^ok  *//p' ;;
	esac
	shift
	for test in "$@"; do sed -n "$line" "$logs/$test"; done | sort -u
}

only() { # SUITE KERNEL: cases by standard input that run on that kernel only
	sed "s/^/$1 | /;s/\$/ | $2/" >>"$work/found"
}

suite() { # SUITE HOSTED ARM: tests of both, by spaces
	for test in $2 $3; do
		[ -r "$logs/$test" ] || { echo "$1: there is no log of $test"; missing=$((missing + 1)); return; }
	done
	# shellcheck disable=SC2086 # names of tests are words
	cases "$1" $2 >"$work/linux"
	# shellcheck disable=SC2086
	cases "$1" $3 >"$work/armv7"
	comm -23 "$work/linux" "$work/armv7" | only "$1" linux
	comm -13 "$work/linux" "$work/armv7" | only "$1" armv7
	same=$(comm -12 "$work/linux" "$work/armv7" | grep -c .)
	[ "$same" -gt 0 ] || { echo "$1: no case ran on both kernels"; missing=$((missing + 1)); }
	both=$((both + same))
	printf '%-9s linux %3d, armv7 %3d, both %3d   (%s; %s)\n' "$1" "$(grep -c . "$work/linux")" \
		"$(grep -c . "$work/armv7")" "$same" "$2" "$3"
}

suite kernel kernel_suite kernel_suite_arm
suite kernel kernel_suite kernel_suite_vexpress
suite system system-services system-services_arm
suite system system-services system-services_vexpress
suite subjects system-subjects system-subjects_arm
suite native 'checkpoint-components checkpoint-wide' 'checkpoint-components_arm checkpoint-wide_arm'
suite posix posix posix_arm
suite storm storm posix_arm
sort -u -o "$work/found" "$work/found"
sed '/^#/d;/^$/d;s/ | [^|]*$//' "$differences" | sort -u >"$work/listed"
comm -12 "$work/found" "$work/listed" | sed 's/^/differs as listed: /'
comm -23 "$work/found" "$work/listed" | sed 's/^/runs on one kernel only: /'
comm -13 "$work/found" "$work/listed" | sed 's/^/is listed, but is not so: /'
wrong=$(($(comm -3 "$work/found" "$work/listed" | grep -c .) + missing))
echo "$both passed, $wrong failed"
[ $wrong -eq 0 ]
