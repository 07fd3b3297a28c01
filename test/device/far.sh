#!/bin/sh
# SPDX-License-Identifier: MIT
# far.sh IMAGE BUILD: a store of the emulated machine that is a directory here, over several lives of the machine.
set -u
. "$(dirname "$0")/../emulator.sh"
[ -d "$(dirname "$0")/../../build/source/lwip" ] || { echo "the source of lwip is missing: make deps"; exit 2; }
port=$((20000 + $$ % 20000))
store=$(mktemp -d) || exit 2
files=
trap 'rm -rf "$log" "$store"; for p in $emulator $files; do kill "$p" 2>/dev/null; done' EXIT

"$2/bin/rtcr-files" "$store" "$port" &
files=$!
sleep 0.3
emulator_options="-nic user,model=cadence_gem,guestfwd=tcp:10.0.2.100:7001-tcp:127.0.0.1:$port -nic none"
for life in 1 2 3; do
	emulator_run "$1" 120 "kept: generations $life, " || { cat "$log"; exit 1; }
	cat "$log"
	grep -qF "kept: generations $life, 0 failed" "$log" || exit 1
done
for life in 1 2 3; do
	[ "$(wc -c <"$store/kept/0000000$life.image")" -eq $((life * 300001)) ] || exit 1
done
