#!/bin/sh
# SPDX-License-Identifier: MIT
# services.sh IMAGE: as ../services.sh, with the microkernel below, in the emulator. Status 0: all passed.
set -u
. "$(dirname "$0")/../../emulator.sh"
emulator_run "$1" 500 'suite: ended with status'
status=$?
cat "$log"
grep -oE '[0-9]+ passed, [0-9]+ failed' "$log"
[ "$(grep -cF 'tiny: ended with status 7' "$log")" -ge 4 ] || status=1
grep -qF 'guest: ended with status 0' "$log" || status=1
[ $status -eq 0 ] && grep -qF 'suite: ended with status 0' "$log"
