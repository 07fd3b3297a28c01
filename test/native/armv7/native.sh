#!/bin/sh
# SPDX-License-Identifier: MIT
# native.sh IMAGE: as ../native.sh, with the microkernel below, in the emulator. Status 0: all passed.
set -u
. "$(dirname "$0")/../../emulator.sh"
emulator_run "$1" 250 'native: ended with status'
status=$?
cat "$log"
grep -oE '[0-9]+ passed, [0-9]+ failed' "$log"
[ $status -eq 0 ] && grep -qF 'native: ended with status 0' "$log"
