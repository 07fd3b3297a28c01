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

expect 0 "$rtcr" node start --memory 2G
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
