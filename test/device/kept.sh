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
# A card with a table of partitions, of which the second is ours: nothing else of it is written.
truncate -s 0 "$card"
truncate -s 64M "$card"
{
	printf '\000\000\000\000\014\000\000\000\000\010\000\000\000\100\000\000'   # 0x0c, 2048, 16384
	printf '\000\000\000\000\332\000\000\000\000\110\000\000\000\240\001\000'   # 0xda, 18432, 106496
} | dd of="$card" bs=1 seek=446 conv=notrunc status=none
printf '\125\252' | dd of="$card" bs=1 seek=510 conv=notrunc status=none
before=$(head -c $((18432 * 512)) "$card" | cksum) behind=$(tail -c $((6144 * 512)) "$card" | cksum)
for life in 1 2; do
	emulator_run "$1" 100 "kept: generations $life, " || exit 1
	grep -qF "kept: generations $life, 0 failed" "$log" || { cat "$log"; exit 1; }
done
[ "$(head -c $((18432 * 512)) "$card" | cksum)" = "$before" ] && [ "$(tail -c $((6144 * 512)) "$card" | cksum)" = "$behind" ] ||
	{ echo "FAILED: written beside the partition"; exit 1; }
# With a table, but none that is ours.
printf '\203' | dd of="$card" bs=1 seek=466 conv=notrunc status=none
emulator_run "$1" 100 'the card cannot be used' || { cat "$log"; exit 1; }
# A card that is not ours is left alone, and the store says so.
printf 'somebody else' | dd of="$card" conv=notrunc status=none
printf 'somebody else' | dd of="$card" bs=512 seek=1 conv=notrunc status=none
before=$(cksum <"$card")
emulator_run "$1" 100 'it holds something else; write zeros over its first 128 KiB'
status=$?
cat "$log"
[ "$(cksum <"$card")" = "$before" ] && exit $status
