#!/bin/sh
# SPDX-License-Identifier: MIT
# line.sh IMAGE: a program's terminal on the UART of the emulator: what it says comes out, what is typed goes in.
set -u
. "$(dirname "$0")/../emulator.sh"
pipe=$(mktemp -u) || exit 2
mkfifo "$pipe.in" "$pipe.out" || exit 2
trap 'rm -f "$log" "$pipe.in" "$pipe.out" "$pipe"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT

said() { # COUNT TEXT: so many lines of it came, within a while
	ticks=100
	while [ $ticks -gt 0 ]; do
		[ "$(grep -cF "$2" "$pipe")" -eq "$1" ] && return 0
		sleep 0.2
		ticks=$((ticks - 1))
	done
	echo "FAILED: not $1 times: $2"
	cat "$log" "$pipe"
	exit 1
}

emulator_serial="pipe:$pipe"
cat "$pipe.out" >"$pipe" &
emulator_start "$1" 100
exec 3>"$pipe.in"
said 1 'who is there?'
printf 'Ada\n' >&3
said 1 '3: hello, Ada!'
printf 'Grace\r' >&3
said 1 '5: hello, Grace!'
said 3 'who is there?'
# More than the device's FIFO holds: the interrupts come while it is still coming in.
long=$(printf '%01500d' 7)
printf '%s\n' "$long" >&3
said 1 "1500: hello, $long!"
emulator_await 10 'line: ended with status 0' || { cat "$log"; exit 1; }
cat "$log"
emulator_stop
exec 3>&-
