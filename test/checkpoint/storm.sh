#!/bin/sh
# SPDX-License-Identifier: MIT
# storm.sh [-n TIMES] [-s STEPS] [-N] [BUILD [SUBJECT...]]: runs each subject as a component, checkpoints it
# at a random instant, kills it, restores it, and compares output and status with the native run. Subjects are those of
# test/checkpoint/, the native ones of component/, which are compared with an undisturbed run as a component, and
# the programs awk, lua and sqlite with their work in test/programs/, and uv and event, which are event loops. With -N the
# whole node is killed (SIGKILL) and another restores: that node is the storm's own, in a directory of its own.
# Prints for each how often all was right, and at the end in which class of state its threads were hit.
# RTCR in the environment names the command (default BUILD/bin/rtcr). FIGURES names a CSV file to keep.
# A checkpoint that comes after the end of the program does not count and is tried again.
# Exit status: 0 all right, 1 a difference or a failed step, 2 wrong use or something is missing.
set -u
times=100
steps=300
shortest=400 # milliseconds that a subject shall run at least
kill_node=
root=$(cd "$(dirname "$0")/../.." && pwd)
while getopts n:s:N option; do
	case $option in
	N) kill_node=yes ;;
	n) times=$OPTARG ;;
	s) steps=$OPTARG ;;
	*) sed -n '3p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
build=$(cd "${1:-build}" && pwd) || exit 2
[ $# -eq 0 ] || shift
rtcr=${RTCR:-$build/bin/rtcr}
for tool in "$rtcr" jq; do
	command -v "$tool" >/dev/null || { echo "storm: no $tool" >&2; exit 2; }
done
work=$(mktemp -d) || exit 2
name=storm-$$
name_remove() {
	"$rtcr" kill "$name" >/dev/null 2>&1
	"$rtcr" rm "$name" >/dev/null 2>&1
}
end() {
	name_remove
	[ -z "$kill_node" ] || "$rtcr" node stop --force >/dev/null 2>&1
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM
if [ -n "$kill_node" ]; then
	export RTCR_STATE=$work/state
	mkdir -m 700 "$RTCR_STATE"
fi
: >"$work/classes"
failed=0

clock_milliseconds() { echo $(($(date +%s%N) / 1000000)); }

random_sleep() { # MILLISECONDS: anything up to them
	sleep "$(awk -v most="$1" -v seed="$(od -An -N4 -tu4 /dev/urandom)" \
		'BEGIN { printf "%.4f", most * (seed % 10000) / 10000000 }')"
}

# SUBJECT: sets $program, how to run it, and where it finds its files when it runs natively.
subject_find() {
	program=$build/checkpoint/$1 options= place=$work files=
	case $1 in
	awk) program=$(command -v busybox) files=work.awk ;;
	lua | sqlite) program=$build/programs/$1 files=work.$1 ;;
	uv | event) program=$build/programs/$1 ;;
	esac
	[ "$1" != sqlite ] || files=work.sql
	if [ -n "$files" ]; then
		place=$root/test/programs
		options="--file $place/$files:/$files"
	elif [ ! -x "$program" ]; then
		program=$build/component/$1.elf options=--native
		[ -f "$program" ] || { echo "storm: no subject $1" >&2; exit 2; }
	fi
}

# The arguments of the subject: its file, or how many steps it shall do.
arguments() {
	case $files in
	'') echo "$count" ;;
	*.awk) echo "awk -f $files" ;;
	*) echo "$files" ;;
	esac
}

native_run() { # leaves $work/native and $status
	# shellcheck disable=SC2046,SC2086 # words are meant to be split
	if [ "$options" = --native ]; then
		"$rtcr" run --native --name "$name" -- "$program" "$count" </dev/null >"$work/native" 2>&1
	else
		(cd "$place" && "$program" $(arguments) <"$work/input" >"$work/native" 2>&1)
	fi
	status=$?
	[ "$options" != --native ] || name_remove
}

component_time() { # runs it undisturbed; leaves its run time in $span
	start=$(clock_milliseconds)
	# shellcheck disable=SC2046,SC2086
	"$rtcr" run $options --name "$name" -- "$program" $(arguments) <"$work/input" >"$work/output" 2>&1
	same_status=$?
	span=$(($(clock_milliseconds) - start))
	name_remove
	[ "$same_status" -eq "$status" ] && cmp -s "$work/native" "$work/output"
}

# Status 0: equal; 1: not; 3: the program had ended before the checkpoint.
round_run() { # SUBJECT
	# shellcheck disable=SC2046,SC2086
	"$rtcr" run -d $options --name "$name" -- "$program" $(arguments) <"$work/input" \
		>/dev/null 2>"$work/errors" || return 1
	random_sleep "$span"
	if ! "$rtcr" checkpoint --json "$name" >"$work/answer" 2>"$work/errors"; then
		"$rtcr" ps --json 2>/dev/null | jq -e --arg name "$name" \
			'any(.[]; .name == $name and .state == "running")' >/dev/null && return 1
		return 3
	fi
	if [ -n "$kill_node" ]; then
		node=$("$rtcr" node status --json | jq .process)
		kill -KILL "$node" || return 1
		while kill -0 "$node" 2>/dev/null; do sleep 0.01; done
	else
		"$rtcr" kill "$name" >/dev/null 2>"$work/errors" || return 3
	fi
	"$rtcr" restore --json "$name" >"$work/restored" 2>"$work/errors" || return 1
	timeout 120 "$rtcr" wait "$name" >/dev/null 2>"$work/errors"
	[ $? -eq "$status" ] || return 1
	"$rtcr" logs "$name" >"$work/output" 2>"$work/errors" || return 1
	cmp -s "$work/native" "$work/output" || return 1
	jq -r --arg subject "$1" '.threads[] | $subject + "," + .class' "$work/answer" >>"$work/classes"
}

round_report() { # SUBJECT ROUND: what is known of a failure
	echo "  $1 round $2 failed:"
	head -3 "$work/errors" | sed 's/^/    /'
	diff "$work/native" "$work/output" 2>/dev/null | head -5 | sed 's/^/    /'
}

# How it runs undisturbed, with $count steps.
subject_measure() { # SUBJECT
	seq 1 $((count * 20)) >"$work/input"
	native_run
	component_time && return
	echo "  $1 differs even without a checkpoint"
	diff "$work/native" "$work/output" | head -5 | sed 's/^/    /'
	return 1
}

subject_storm() { # SUBJECT
	subject_find "$1"
	count=$steps
	subject_measure "$1" || return 1
	round=0 right=0 late=0 row=0
	while [ $round -lt "$times" ] && [ $late -lt $((times * 3 + 10)) ]; do
		# What ends too soon to be hit is given more to do.
		if [ -z "$files" ] && { [ $row -ge 3 ] || [ $span -lt $shortest ]; } && [ $count -lt $((steps * 256)) ]; then
			count=$((count * 2)) row=0
			subject_measure "$1" || return 1
			continue
		fi
		: >"$work/errors"
		: >"$work/output"
		round_run "$1"
		case $? in
		0) right=$((right + 1)) round=$((round + 1)) row=0 ;;
		3) late=$((late + 1)) row=$((row + 1)); cp "$work/errors" "$work/late" ;;
		*) round=$((round + 1)); round_report "$1" $round ;;
		esac
		name_remove
	done
	[ "$options" != --native ] || set -- "$1 (native)"
	printf '%-18s %4d of %d right (%d checkpoints came after the end)\n' "$1" $right "$times" $late
	[ $round -eq "$times" ] || sed 's/^/    last: /' "$work/late"
	[ $right -eq "$times" ]
}

histogram_print() {
	echo "threads hit, by class:"
	for class in program library_os blocked in_call faulting; do
		printf '  %-12s %6d\n' $class "$(grep -c ",$class\$" "$work/classes")"
	done
	others=$(grep -c -v -E ',(program|library_os|blocked|in_call|faulting)$' "$work/classes")
	[ "$others" -eq 0 ] || printf '  %-12s %6d\n' other "$others"
}

if [ $# -eq 0 ]; then
	for path in "$build"/checkpoint/*; do
		[ -x "$path" ] && set -- "$@" "${path##*/}"
	done
	set -- "$@" sheep echo_pair maps signals caps awk lua sqlite uv event
fi
[ $# -gt 0 ] || { echo "storm: no subjects in $build/checkpoint" >&2; exit 2; }
good=0
for subject in "$@"; do
	if subject_storm "$subject"; then good=$((good + 1)); else failed=1; fi
done
histogram_print
[ -z "${FIGURES:-}" ] || { echo subject,class; cat "$work/classes"; } >"$FIGURES"
echo "$good of $# subjects right in $times of $times rounds"
echo "$good passed, $(($# - good)) failed"
exit $failed
