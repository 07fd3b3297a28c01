#!/bin/sh
# SPDX-License-Identifier: MIT
# subjects.sh BUILD: runs the native subjects of component/ as children of init, all at once, twice. Each must end with
# status 0, and its output must be the same both times. Status 0: all passed.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
. "$(dirname "$0")/node.sh"
subjects="sheep echo_pair maps signals caps threads"
passed=0 failed=0

subjects_run() { # FOLDER: for the outputs
	folder=$1
	node_make core init terminal $subjects
	{
		echo "start terminal ram=32M caps=2000 slots=4096 grant=terminal"
		echo "route TERMINAL terminal"
		echo "allow terminal ROM CPU LOG"
		for name in $subjects; do
			echo "start $name ram=8M caps=500 slots=4096"
			echo "allow $name ROM CPU LOG TIMER RM TERMINAL"
		done
	} | node_config
	node_start
	set --
	for name in $subjects; do
		set -- "$@" "$name: ended with status"
	done
	node_await 100 "$@"
	node_stop
	for name in $subjects; do
		grep -qF "$name: ended with status 0" "$node/log" && cp "$node/terminals/$name.output" "$folder/$name"
	done
	cat "$node/log"
	node_remove
}

outputs=$(mktemp -d) || exit 2
trap 'node_remove; rm -rf "$outputs"' EXIT
mkdir "$outputs/first" "$outputs/second"
subjects_run "$outputs/first"
subjects_run "$outputs/second"
for name in $subjects; do
	if grep -aq ' steps, result ' "$outputs/first/$name" && cmp "$outputs/first/$name" "$outputs/second/$name"; then
		passed=$((passed + 1))
		echo "ok     $name"
	else
		echo "$name FAILED"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
