#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh [BUILD]: awk, Lua and SQLite, each run natively, then as a component that is checkpointed in
# the middle of its work, killed, and restored from its image; the outputs must be equal.
# Uses the documented command line only, on a node of its own that is gone afterwards. RTCR in the
# environment names it (default BUILD/bin/rtcr).
# Exit status: 0 all equal, 1 a difference or a failed step, 2 something is missing.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$root/build}" && pwd) || exit 2
rtcr=${RTCR:-$build/bin/rtcr}
scripts=$root/test/programs
busybox=$(command -v busybox) || { echo "demo: no busybox; try: make deps" >&2; exit 2; }
for tool in "$rtcr" "$build/programs/lua" "$build/programs/sqlite" jq; do
	command -v "$tool" >/dev/null || { echo "demo: no $tool; try: make deps all" >&2; exit 2; }
done
work=$(mktemp -d) || exit 2
# A node of its own, which ends with this: the user's is left alone.
RTCR_STATE=$work/state
export RTCR_STATE
trap '"$rtcr" node stop --force >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
failed=0

say() { printf '  %s\n' "$*"; }

step_do() { # COMMAND...: shows it, runs it, keeps its answer in $work/answer
	printf '  $ rtcr %s\n' "$*"
	"$rtcr" "$@" </dev/null >"$work/answer" 2>"$work/errors" && return 0
	status=$?
	printf '  rtcr %s ended with %d:\n' "$1" "$status"
	sed 's/^/    /' "$work/errors"
	return 1
}

field() { jq -r "$1 // \"-\"" "$work/answer"; }

wait_half() { # NAME FILE: until the component has printed half the lines of FILE, at most a minute
	half=$(($(wc -l <"$2") / 2))
	tries=0
	while [ "$("$rtcr" logs "$1" 2>/dev/null | wc -l)" -lt "$half" ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}

story_tell() { # NAME SCRIPT PROGRAM ARGS...: fills the figures stop, size, back; status 1 on failure
	name=demo-$1
	script=$2
	shift 2
	step_do run -d --name "$name" --file "$script:/${script##*/}" -- "$@" || return 1
	wait_half "$name" "$work/native" || { say "$name printed too little in a minute"; return 1; }
	step_do checkpoint --json "$name" || return 1
	stop=$(field .stop_us) size=$(field .image_bytes)
	step_do kill "$name" || return 1
	say "killed after $("$rtcr" logs "$name" | wc -l) of $(wc -l <"$work/native") lines"
	step_do restore --json "$name" || return 1
	back=$(field .restore_us)
	step_do wait "$name" || return 1
	"$rtcr" logs "$name" >"$work/restored" || return 1
	step_do rm "$name"
}

story_compare() { # NAME: one line of the table
	verdict=equal
	if ! cmp -s "$work/native" "$work/restored"; then
		verdict=DIFFERENT
		failed=1
		diff "$work/native" "$work/restored" | head -5 | sed 's/^/    /'
	fi
	printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$stop" "$size" "$back" "$verdict" >>"$work/table"
}

demo_run() { # NAME NATIVE-SCRIPT PROGRAM ARGS... with the script as /FILE in ARGS
	name_shown=$1 script_path=$2
	shift 2
	printf '\n%s\n' "$name_shown"
	stop=- size=- back=-
	: >"$work/native"
	: >"$work/restored"
	say "natively, for comparison: $name_shown ${script_path##*/}"
	# The component finds its script in the root of its file system, the native run in its directory.
	(cd "$scripts" && "$@" >"$work/native") || { say "the native run failed"; failed=1; return; }
	story_tell "$name_shown" "$script_path" "$@" || { failed=1; : >"$work/restored"; }
	story_compare "$name_shown"
}

table_print() {
	printf '\n%-10s %14s %14s %14s   %s\n' program 'stopped (us)' 'image (KiB)' 'restored (us)' output
	while IFS='	' read -r name_shown stop size back verdict; do
		[ "$size" = - ] || size=$((size / 1024))
		printf '%-10s %14s %14s %14s   %s\n' "$name_shown" "$stop" "$size" "$back" "$verdict"
	done <"$work/table"
}

echo "Three programs are run, checkpointed at half their output, killed, and restored."
: >"$work/table"
demo_run awk "$scripts/work.awk" "$busybox" awk -f work.awk
demo_run lua "$scripts/work.lua" "$build/programs/lua" work.lua
demo_run sqlite "$scripts/work.sql" "$build/programs/sqlite" work.sql
table_print
[ "$failed" -eq 0 ] && echo "All outputs are equal to the native ones." || echo "demo: FAILED"
exit "$failed"
