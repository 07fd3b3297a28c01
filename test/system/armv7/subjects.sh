#!/bin/sh
# SPDX-License-Identifier: MIT
# subjects.sh IMAGE: the native subjects of component/ as children of init, all at once, with the microkernel below, in the
# emulator. Each must end with status 0. What they write is compared by test/native. Status 0: all passed.
set -u
. "$(dirname "$0")/../../emulator.sh"
subjects="sheep echo_pair maps signals caps threads"
passed=0 failed=0
emulator_start "$1" 100
for name in $subjects; do
	if emulator_await 100 "$name: ended with status" && grep -qF "$name: ended with status 0" "$log"; then
		passed=$((passed + 1))
		echo "ok     $name"
	else
		failed=$((failed + 1))
		echo "$name FAILED"
	fi
done
emulator_stop
cat "$log"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
