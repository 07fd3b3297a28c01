#!/bin/sh
# SPDX-License-Identifier: MIT
# kept.sh IMAGE: a store on the SD card of a machine that loses power again and again, in the emulator.
set -u
. "$(dirname "$0")/../emulator.sh"
card=$(mktemp) || exit 2
trap 'rm -f "$log" "$card"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT

truncate -s 64M "$card"
emulator_options="-drive if=sd,format=raw,file=$card"
for life in 1 2 3; do
	emulator_run "$1" 100 "kept: generations $life, " || exit 1
	cat "$log"
	grep -qF "kept: generations $life, 0 failed" "$log" || exit 1
done
# A card that is not ours is left alone, and the store says so.
printf 'somebody else' | dd of="$card" conv=notrunc status=none
printf 'somebody else' | dd of="$card" bs=512 seek=1 conv=notrunc status=none
before=$(cksum <"$card")
emulator_run "$1" 100 'the card cannot be used'
status=$?
cat "$log"
[ "$(cksum <"$card")" = "$before" ] && exit $status
