#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh BUILD: runs programs natively and as components and compares output, errors and exit status.
# Programs: Debian's busybox, Lua, SQLite, the checkpoint subjects, and the checks of system calls beside this
# script. A native run sees the files in a folder that a component gets in its root.
# Exit status: 0 all equal, 1 something differed, 2 wrong use or something is missing.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 2
build=$(cd "${1:-build}" && pwd) || exit 2
rtcr=$build/bin/rtcr
busybox=$(command -v busybox) || { echo "compare: no busybox" >&2; exit 2; }
work=$(mktemp -d) || exit 2
RTCR_STATE=$work/state
export RTCR_STATE
trap '"$rtcr" node stop --force >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
passed=0 failed=0

root_make() { # the folder that is the root of the native run, fresh each time
	chmod -R u+rwx "$work/root" 2>/dev/null
	rm -rf "$work/root"
	mkdir "$work/root" "$work/root/tmp"
	for file in $files; do cp -p "$work/$file" "$work/root/"; done
}

difference_show() { # COMMAND...
	failed=$((failed + 1))
	echo "FAILED: $*"
	echo "  status: native $native, component $component"
	diff "$work/native.out" "$work/out" | sed 's/^/    out: /' | head -${LINES_SHOWN:-10}
	diff "$work/native.err" "$work/err" | sed 's/^/    err: /' | head -${LINES_SHOWN:-10}
}

same() { # PROGRAM ARGUMENT...: with $input, $files
	root_make
	(cd "$work/root" && exec env -i PATH=/bin:/usr/bin HOME=/ timeout 60 "$@") \
		<"$input" >"$work/native.out" 2>"$work/native.err"
	native=$?
	options=
	for file in $files; do options="$options --file $work/$file"; done
	# shellcheck disable=SC2086
	timeout 60 "$rtcr" run $options -- "$@" <"$input" >"$work/out" 2>"$work/said"
	component=$?
	# What the shell says of a program that a signal killed rtcr says here.
	grep -v '^rtcr: [^ ]*: killed by SIG' "$work/said" >"$work/err"
	[ $native -le 128 ] || grep -q '^rtcr: [^ ]*: killed by SIG' "$work/said" || component="$component, and nobody said why"
	if [ "$native" = "$component" ] && cmp -s "$work/native.out" "$work/out" &&
	   cmp -s "$work/native.err" "$work/err"; then
		passed=$((passed + 1))
		from=-
		[ "$input" = /dev/null ] || from=${input##*/}
		called=$(program_name "$1")
		shift
		echo "ok     $(case_name "$from" "${files:--}" "$called" "$@")"
	else
		difference_show "$@"
	fi
}

works_make() { cp "$here"/../programs/work.lua "$here"/../programs/work.sql "$here"/../programs/work.awk "$work/"; }

. "$here/cases.sh"

refused() { # STATUS PATTERN PROGRAM ARGUMENT...: what cannot run says why
	wanted=$1 pattern=$2
	shift 2
	timeout 60 "$rtcr" run -- "$@" </dev/null >"$work/out" 2>"$work/err"
	got=$?
	if [ $got -eq "$wanted" ] && grep -q "$pattern" "$work/err"; then
		passed=$((passed + 1))
		echo "ok     refused: $(program_name "$1")"
	else
		failed=$((failed + 1))
		echo "FAILED: $*: status $got, not $wanted"
		sed 's/^/    err: /' "$work/err"
	fi
}

refusals_check() {
	refused 126 dynamic /bin/ls
	cp "$work/text" "$work/no-program"
	printf '\177ELF\001\001\001%0100d' 0 >"$work/other"
	chmod +x "$work/no-program" "$work/other"
	refused 126 ELF "$work/no-program"
	refused 126 . "$work/other"
}

# What is not supported is named in the node's log.
names_check() {
	refused 1 'not implemented' "$busybox" hostname elsewhere
	if grep -q '(sethostname) is not supported' "$RTCR_STATE/node.log"; then
		passed=$((passed + 1))
		echo "ok     named: sethostname"
	else
		failed=$((failed + 1))
		echo "FAILED: sethostname is not named in the log"
	fi
}

data_make
cd "$work" || exit 2
for part in ${PARTS:-streams files answers shell programs subjects calls}; do "${part}_compare"; done
refusals_check
names_check
same "$busybox" date -u +%Y        # not of machines without a clock of the day
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
