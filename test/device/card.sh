#!/bin/sh
# SPDX-License-Identifier: MIT
# card.sh IMAGE: the SD card in the emulator: blocks that were written here are read there, and the other way round.
set -u
. "$(dirname "$0")/../emulator.sh"
card=$(mktemp) || exit 2
trap 'rm -f "$log" "$card"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT

# FIRST COUNT: the blocks as test/device/card.c makes them, in text: one word a line
pattern() {
	awk -v first="$1" -v count="$2" 'BEGIN { for (b = first; b < first + count; b++) for (w = 0; w < 128; w++)
		printf "%08x\n", (b * 1000003 + w) % 4294967296 }'
}
# FIRST COUNT: the same of what is on the card
blocks() {
	dd if="$card" bs=512 skip="$1" count="$2" status=none | od -An -v -tx4 -w4 | tr -d ' '
}

truncate -s 64M "$card"
LC_ALL=C awk 'BEGIN { for (b = 0; b < 64; b++) for (w = 0; w < 128; w++) {
	v = b * 1000003 + w
	printf "%c%c%c%c", v % 256, int(v / 256) % 256, int(v / 65536) % 256, int(v / 16777216) % 256
} }' | dd of="$card" conv=notrunc status=none
emulator_options="-drive if=sd,format=raw,file=$card"
emulator_run "$1" 100 'card: ended with status'
status=$?
cat "$log"
pattern 1000 301 >"$log.wanted"
blocks 1000 301 | cmp - "$log.wanted" || status=1
last=$((64 * 2048 - 1))
pattern $last 1 >"$log.wanted"
blocks $last 1 | cmp - "$log.wanted" || status=1
rm -f "$log.wanted"
[ "$(dd if="$card" bs=512 skip=1301 count=10 status=none | tr -d '\0' | wc -c)" -eq 0 ] || status=1
[ $status -eq 0 ] && grep -qF 'card: ended with status 0' "$log"
