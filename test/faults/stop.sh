#!/bin/sh
# SPDX-License-Identifier: MIT
# stop.sh BUILD: processes stopped by SIGSTOP for two seconds each, while a program runs and while it is checkpointed: the host
# may do so at any time (a terminal, a debugger, a throttled group), and nobody is an attacker for it.
# Exit status: 0 each had its defined result, 1 something had not, 2 wrong use or something is missing.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
# shellcheck source=test/faults/node.sh
. "$(dirname "$(realpath "$0")")/node.sh"

stopped() { # WHAT PROCESS
	what="$1 is stopped while a program runs"
	kill -STOP "$2"
	sleep 1
	kill -CONT "$2"
	count_more count
	what="$1 is stopped while a checkpoint is taken"
	kill -STOP "$2"
	"$rtcr" checkpoint count >answer 2>&1 &
	checkpoint=$!
	sleep 2
	kill -CONT "$2"
	# It may be given up, for a target that does not stop in time; then it says so.
	wait $checkpoint || grep -q 'the component runs on' answer || { cp answer err; fail "the checkpoint failed"; }
	count_more count
	expect 0 "$rtcr" checkpoint count
	expect 0 "$rtcr" verify count
	expect 0 "$rtcr" ps --json
	[ "$(jq '.[0].restarts' out)" = 0 ] || fail "its RTCR was started again"
}

ticks() { # PROCESS: hundredths of a second that it has worked
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# What it frees may be what is being stored: its RTCR waits for that, and works not. The large file takes so long to be stored
# that the store can be stopped meanwhile.
freeing_test() {
	what="the store is stopped while a checkpoint of what frees memory is prepared"
	head -c 48M /dev/urandom >large
	expect 0 "$rtcr" run -d --name freeing --memory 128M --file large -- "$build/programs/freeing"
	rm large
	store=$(server_process '*/store') parent=$(rtcr_process)
	sleep 0.5
	"$rtcr" checkpoint freeing >answer 2>&1 &
	checkpoint=$!
	turns=0
	until set -- "$RTCR_STATE"/store/content/.new-* && [ -e "$1" ] || [ $((turns += 1)) -gt 200000 ]; do :; done
	kill -STOP "$store"
	sleep 0.5
	before=$(ticks "$parent")
	sleep 2
	after=$(ticks "$parent")
	kill -CONT "$store"
	wait $checkpoint || { cp answer err; fail "the checkpoint failed"; }
	if [ $((after - before)) -lt 25 ]; then pass; else fail "its RTCR worked $((after - before)) hundredths of a second"; fi
	expect 0 "$rtcr" kill freeing
	expect 0 "$rtcr" rm freeing
}

# It is stopped amid a change of its memory more often than not: whoever needs core waits, but not for ever.
memory_test() {
	expect 0 "$rtcr" run -d --name freeing --memory 128M -- "$build/programs/freeing"
	process=$(target_process)
	for try in 1 2 3; do
		what="a program is stopped for good while its memory changes, try $try"
		sleep 0.3
		kill -STOP "$process"
		expect 0 timeout 40 "$rtcr" run -- busybox true
		kill -CONT "$process"
	done
	[ "$(state_of freeing)" = running ] || fail "it does not run any more"
	expect 0 "$rtcr" kill freeing
	expect 0 "$rtcr" rm freeing
}

expect 0 "$rtcr" node start --memory 2G
memory_test
freeing_test
count_run count 1000000
count_more count
stopped "the program" "$(target_process)"
stopped "the RTCR" "$(rtcr_process)"
stopped "the store" "$(server_process '*/store')"
stopped "the terminal" "$(server_process '*/terminals')"
stopped "the control server" "$(server_process 'socket:*')"
stopped "the node" "$(node_process)"
what="the node's log"
if grep -i -E 'attack|died|fault|killed' "$RTCR_STATE/node.log"; then fail "somebody was accused"; else pass; fi
expect 0 "$rtcr" restore --force count
count_more count
expect 0 "$rtcr" kill count
count_whole count
faults_end
