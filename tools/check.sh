#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs each given test with a time limit, shows the output of those that fail but for what was ok, and counts.
# TEST_LOGS in the environment: a folder that is to hold the output of each test by its name.
# Exit status 0 if every test passed, 1 if not, 2 if there was none.
limit=${TEST_LIMIT:-600}
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
passed=0 failed=0
[ -z "${TEST_LOGS:-}" ] || { rm -rf "$TEST_LOGS" && mkdir -p "$TEST_LOGS"; } || exit 2
for test in "$@"; do
	start=$(date +%s)
	if timeout "$limit" "$test" > "$log" 2>&1 < /dev/null; then
		passed=$((passed + 1))
		printf 'PASS  %-28s %3d s  %s\n' "$(basename "$test")" $(($(date +%s) - start)) \
			"$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -1)"
	else
		status=$?
		failed=$((failed + 1))
		printf 'FAIL  %-28s exit status %d%s\n' "$(basename "$test")" "$status" \
			"$([ "$status" = 124 ] && printf ' (time limit of %s s)' "$limit")"
		grep -v '^ok ' "$log" | sed 's/^/      /'
	fi
	[ -z "${TEST_LOGS:-}" ] || cp "$log" "$TEST_LOGS/$(basename "$test")"
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ $((passed + failed)) -gt 0 ] || exit 2
[ "$failed" -eq 0 ]
