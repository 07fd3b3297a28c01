#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh IMAGE: boots the kernel suite of an ARM image in the emulator and shows its output. Exit status 0 if the machine
# ended by itself with status 0 and every test passed, 1 if not, 2 if something is missing.
set -u
. "$(dirname "$0")/../../emulator.sh"
emulator_run "$1" 400
status=$?
cat "$log"
[ $status -eq 0 ] && grep -q '^end of suite$' "$log" && grep -Eq '^[0-9]+ passed, 0 failed$' "$log"
