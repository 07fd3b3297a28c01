#!/bin/sh
# SPDX-License-Identifier: MIT
# hostile.sh BUILD: components that attack, beside one that counts sheep. Meanwhile each process of the node is stopped
# for a moment, and the node itself for a second. The sheep must come out as without all that, nothing may get through,
# and at the end there are as many processes as before. Status 0: so it was.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
. "$(dirname "$0")/../system/node.sh"
status=0

config() { # RIGHTS OF ROGUES
	echo "start sheep   ram=8M  caps=500  slots=4096"
	[ -z "$1" ] || cat <<'END'
start judge   ram=64M caps=3000 slots=8192
start rogue   ram=8M  caps=300  slots=2048
start patient ram=4M  caps=100  slots=1024
route SILENCE rogue
allow judge   ROM CPU LOG RM TIMER
allow rogue   ROM CPU LOG
allow patient ROM CPU LOG SILENCE
END
	echo "allow sheep   ROM CPU LOG TIMER"
}

lender_config() {
	cat <<'END'
start store_memory    ram=32M caps=500 slots=2048
start terminal_memory ram=32M caps=500 slots=2048
start lender          ram=8M  caps=100 slots=1024
route STORE store_memory
route TERMINAL terminal_memory
allow store_memory    ROM CPU LOG
allow terminal_memory ROM CPU LOG
allow lender          ROM CPU LOG RM STORE TERMINAL
END
}

processes() { pgrep -c -P "$node_pid"; }

sheep_result() { grep -aF '[sheep]' "$node/log" | grep -a ' steps, result '; }

stop_each() { # SECONDS
	for pid in $(pgrep -P "$node_pid"); do
		kill -STOP "$pid" 2>/dev/null
		sleep "$1"
		kill -CONT "$pid" 2>/dev/null
	done
}

expect() { # TEXT COMMAND...
	text=$1
	shift
	if ! "$@"; then
		echo "FAILED $text"
		status=1
	fi
}

node_make core init sheep
config "" | node_config
node_start
expect "the sheep count alone" node_await 60 'sheep: ended with status 0'
alone=$(sheep_result)
node_remove

node_make core init store_memory terminal_memory test/hostile/lender
lender_config | node_config
node_start
expect "servers that are lent no memory, or memory that is freed, serve on" node_await 60 'lender: ended with status 0'
grep -a -e '^\[lender\]' -e fault "$node/log"
node_remove

node_make core init sheep test/hostile/judge test/hostile/hostile test/hostile/rogue test/hostile/patient
config all | node_config
node_start
expect "the attacks begin" node_await 20 '[judge]'
stop_each 0.2
kill -STOP "$node_pid"
sleep 1
kill -CONT "$node_pid"
expect "all come to their end" node_await 120 'judge: ended with status' 'sheep: ended with status' \
	'rogue: died too often' 'patient: ended with status'
left=$(processes)
among=$(sheep_result)
node_stop
grep -a -e '^\[judge\]' -e 'rogue:' -e 'patient' "$node/log"
expect "nothing got through" grep -qaF 'judge: ended with status 0' "$node/log"
expect "no service was stolen" grep -qaF 'rogue: 0 services stolen, silent 1' "$node/log"
expect "who calls a silent server hears that it died" grep -qaF 'patient: ended with status 0' "$node/log"
expect "the sheep came to their end" grep -qaF 'sheep: ended with status 0' "$node/log"
expect "the sheep are the same" [ -n "$among" -a "$among" = "$alone" ]
expect "core and init alone are left, $left processes" [ "$left" -eq 2 ]
echo "$((1 - status)) passed, $status failed"
exit $status
