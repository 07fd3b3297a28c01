#!/bin/sh
# SPDX-License-Identifier: MIT
# rules.sh IMAGE: sessions of devices, and LOG by the UART, in the emulator. Status 0: all passed.
set -u
. "$(dirname "$0")/../emulator.sh"
line=$(mktemp) || exit 2
trap 'rm -f "$log" "$line"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT
emulator_serial="file:$line"
emulator_run "$1" 100 'rules: ended with status'
status=$?
cat "$log"
count=$(grep -cF '[rules -> note] a line of the UART...' "$line")
echo "lines by the UART: $count"
[ "$count" -eq 200 ] || status=1
[ $status -eq 0 ] && grep -qF 'rules: ended with status 0' "$log"
