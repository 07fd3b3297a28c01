#!/bin/sh
# SPDX-License-Identifier: MIT
# frames.sh IMAGE: frames of several sessions of the Ethernet driver, with the emulator's network at the other end.
set -u
. "$(dirname "$0")/../emulator.sh"
emulator_options="-nic user,model=cadence_gem -nic none"
emulator_run "$1" 100 'frames: ended with status'
status=$?
cat "$log"
[ $status -eq 0 ] && grep -qF 'frames: ended with status 0' "$log"
