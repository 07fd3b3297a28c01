#!/bin/sh
# SPDX-License-Identifier: MIT
# kill.sh BUILD [TIMES]: processes killed by the host at random instants: node, program, RTCR, servers; while they are idle,
# while a checkpoint is taken, while one is restored. TIMES (5): how often each of the random ones; the node 6 times as often.
# Exit status: 0 each had its defined result, 1 something had not, 2 wrong use or something is missing.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
times=${2:-5}
# shellcheck source=test/faults/node.sh
. "$(dirname "$(realpath "$0")")/node.sh"

# The node, while it checkpoints again and again: the newest whole checkpoint is there and goes on.
node_kills() {
	what="the node is killed while it checkpoints"
	count_run count 1000000
	round=0
	while [ $round -lt $((times * 6)) ]; do
		round=$((round + 1))
		before=$(generation_of count)
		process=$(node_process)
		"$rtcr" checkpoint count >/dev/null 2>&1 &
		random_sleep 12
		kill -KILL "$process"
		wait
		until_true '[ ! -d "/proc/$process" ]'
		expect 0 "$rtcr" node start
		store_tidy
		after=$(generation_of count)
		[ "$after" -ge "$before" ] || fail "checkpoint $before is lost"
		if [ "$after" -eq 0 ]; then
			[ -z "$(state_of count)" ] || fail "ps knows what is not there"
			count_run count 1000000
			continue
		fi
		[ "$(state_of count)" = stored ] || fail "ps does not say that it is stored"
		expect 0 "$rtcr" verify count
		expect 0 "$rtcr" restore count
		[ $((round % 5)) -ne 0 ] || count_more count
	done
	expect 0 "$rtcr" kill count
	count_whole count
	expect 0 "$rtcr" rm count
}

# The program: it has ended, by the host; its checkpoints go on.
program_kills() {
	what="the program is killed while it is checkpointed"
	round=0
	while [ $round -lt "$times" ]; do
		round=$((round + 1))
		count_run count 1000000
		expect 0 "$rtcr" checkpoint count
		process=$(target_process)
		"$rtcr" checkpoint count >/dev/null 2>&1 &
		random_sleep 8
		kill -KILL "$process"
		wait
		expect 139 "$rtcr" wait count
		[ "$(state_of count)" = faulted ] || fail "ps says $(state_of count)"
		expect 0 "$rtcr" ps --json
		says out 'destroyed by the host'
		expect 0 "$rtcr" restore count
		count_more count
		expect 0 "$rtcr" kill count
		count_whole count
		expect 0 "$rtcr" rm count
	done
	what="the program is killed while it is restored"
	count_run count 600
	expect 0 "$rtcr" checkpoint --stop count
	round=0
	while [ $round -lt "$times" ]; do
		round=$((round + 1))
		servers=" $(pgrep -P "$(node_process)" | tr '\n' ' ')"
		there=$(echo "$servers" | wc -w)
		"$rtcr" restore count >/dev/null 2>&1 &
		until_end '[ "$(pgrep -c -P "$(node_process)")" -ge $((there + 2)) ]'
		process=$(target_process)
		case $servers in
		*" $process "*) ;;    # it has ended
		*) kill -KILL "$process" 2>/dev/null ;;
		esac
		wait
		until_true '! [ "$(state_of count)" = running ]'
		"$rtcr" kill count >/dev/null 2>&1
	done
	expect 0 "$rtcr" restore count
	count_right count 600
	expect 0 "$rtcr" rm count
}

# The RTCR: it is started again and its program goes on by itself.
rtcr_kills() {
	for moment in idle checkpoint restore; do
		what="the RTCR is killed: $moment"
		count_run count 1000000
		expect 0 "$rtcr" checkpoint count
		"$rtcr" logs -f count >followed 2>&1 &
		case $moment in
		idle) random_sleep 50; process=$(rtcr_process) ;;
		checkpoint) process=$(rtcr_process); "$rtcr" checkpoint count >/dev/null 2>&1 & random_sleep 8 ;;
		restore) process=$(rtcr_process); "$rtcr" restore --force count >/dev/null 2>&1 & random_sleep 15 ;;
		esac
		kill -KILL "$process"
		until_true '[ "$("$rtcr" ps --json | jq ".[0].restarts")" = 1 ]'
		until_true '[ "$(state_of count)" = running ]'
		says "$RTCR_STATE/node.log" 'count: died'
		says "$RTCR_STATE/node.log" 'goes on from its newest checkpoint'
		count_more count
		expect 0 "$rtcr" kill count
		wait
		count_whole count
		# Who followed saw the same, but for the end that was taken back.
		[ -s followed ] || fail "nothing was followed"
		expect 0 "$rtcr" rm count
	done
	what="the RTCR is killed and there is no checkpoint"
	count_run count 100000
	count_more count
	kill -KILL "$(rtcr_process)"
	until_true '[ "$(state_of count)" = lost ]'
	expect 0 "$rtcr" ps --json
	says out 'no checkpoint to go on from'
	expect 0 "$rtcr" logs count
	says out '^5$'
	expect 0 "$rtcr" rm count
}

# A restore of an older checkpoint begins another past: what is newer in the store is not of it.
past_kills() {
	what="the RTCR is killed after an older checkpoint was restored"
	count_run count 3000
	expect 0 "$rtcr" checkpoint count
	count_more count
	expect 0 "$rtcr" checkpoint count
	expect 0 "$rtcr" restore --force count@1
	kill -KILL "$(rtcr_process)"
	until_true '[ "$("$rtcr" ps --json | jq ".[0].restarts")" = 1 ]'
	until_true '[ "$(state_of count)" = running ]'
	expect 0 "$rtcr" checkpoint count
	says out 'count@3'
	count_right count 3000
	expect 0 "$rtcr" rm count
}

until_end() { # COMMAND: soon true, and every moment counts
	spins=0
	until eval "$1" || [ $spins -eq 1000 ]; do spins=$((spins + 1)); done
}

# What has ended is not run again.
ended_kills() {
	for round in 1 2 3; do
		what="the RTCR is killed when its program has ended and nobody has looked"
		expect 0 "$rtcr" run -d --memory 32M --name ended -- busybox awk 'BEGIN {
			print "once"; fflush(); for (i = 0; i < 3000000; i++);
			print "end"; fflush(); for (i = 0; i < 50000; i++);
			exit 7 }'
		until_true '"$rtcr" logs ended | grep -q once'
		expect 0 "$rtcr" checkpoint ended
		instance=$(rtcr_process) program=$(target_process) server=$(server_process 'socket:*')
		until_end '! grep -qs once "$RTCR_STATE/terminals/ended.output" || grep -q end "$RTCR_STATE/terminals/ended.output"'
		kill -KILL "$server"
		until_end '[ ! -d "/proc/$program" ]'
		kill -KILL "$instance" 2>/dev/null
		# Known by a fate, or by what the instance noted.
		expect 7 "$rtcr" wait ended
		[ "$(state_of ended)" = exited ] || fail "ps says $(state_of ended)"
		expect 0 "$rtcr" logs ended
		printf 'once\nend\n' >native
		if cmp -s out native; then pass; else fail "it ran again"; fi
		expect 0 "$rtcr" rm ended
	done
	grep -c 'had ended before' "$RTCR_STATE/node.log" | sed 's/$/ of 3 were hit between the end and the look/'
}

# Servers: started again, and who used them goes on.
server_kills() {
	count_run count 100000
	for server in '*/store' '*/terminals' 'socket:*'; do
		what="the server of $server is killed"
		kill -KILL "$(server_process "$server")"
		expect 0 "$rtcr" checkpoint count
		count_more count
		process=$(server_process "$server")
		"$rtcr" checkpoint count >/dev/null 2>&1 &
		random_sleep 8
		kill -KILL "$process"
		wait
		# The one that was begun may still be under way.
		until_true '"$rtcr" checkpoint count'
		store_tidy
		expect 0 "$rtcr" verify count
	done
	what="a server dies again and again"
	until_true 'kill -KILL $(server_process "*/store"); grep "store: died too often, started again in 10 s" "$RTCR_STATE/node.log"'
	expect 1 "$rtcr" checkpoint count
	says err 'busy, try again'
	until_true '"$rtcr" checkpoint count'
	expect 0 "$rtcr" kill count
	count_whole count
	expect 0 "$rtcr" rm count
	what="the terminal's server is killed while a program waits for input"
	mkfifo pipe
	"$rtcr" run --name reader -- busybox cat <pipe >out 2>err &
	reader=$!
	exec 3>pipe
	echo one >&3
	until_true 'grep -q one out'
	kill -KILL "$(server_process '*/terminals')"
	sleep 0.3
	echo two >&3
	exec 3>&-
	wait $reader
	got=$?
	[ $got -eq 0 ] || fail "it ended with $got"
	says out '^two$'
	"$rtcr" rm -f reader >/dev/null 2>&1
}

expect 0 "$rtcr" node start --memory 2G
ended_kills
past_kills
rtcr_kills
program_kills
expect 0 "$rtcr" node stop --force
expect 0 "$rtcr" node start --memory 2G
server_kills
node_kills
faults_end
