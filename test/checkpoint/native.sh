#!/bin/sh
# SPDX-License-Identifier: MIT
# native.sh [DIRECTORY]: runs every subject natively twice, undisturbed and under SIGSTOP/SIGCONT at
# random instants; both must end well and print the same. DIRECTORY: ../checkpoint beside this file.
# STEPS and STOPS in the environment change length and number of stops. Status 0: all passed.
set -u
subjects=$(cd "${1:-$(dirname "$0")/../checkpoint}" && pwd) || exit 2
steps=${STEPS:-300}
stops=${STOPS:-25}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
seq 1 $((steps * 20)) >input
passed=0
failed=0

random_pause() { # up to 25 ms
	sleep "$(awk -v seed="$(od -An -N3 -tu4 /dev/urandom)" 'BEGIN { printf "%.4f", seed % 250 / 10000 }')"
}

subject_disturb() { # PID: only ever a child of this script that was not waited for yet
	count=0
	while [ $count -lt "$stops" ] && kill -STOP "$1" 2>/dev/null; do
		random_pause
		kill -CONT "$1" 2>/dev/null
		random_pause
		count=$((count + 1))
	done
}

subject_run() { # NAME
	: >disturbed
	timeout 120 "$subjects/$1" "$steps" <input >quiet 2>&1 || return 1
	"$subjects/$1" "$steps" <input >disturbed 2>&1 &
	subject_disturb $!
	wait $! || return 1
	cmp -s quiet disturbed
}

for path in "$subjects"/*; do
	[ -x "$path" ] || continue
	name=${path##*/}
	if subject_run "$name"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$name FAILED"
		sed 's/^/    /' quiet disturbed 2>/dev/null
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
