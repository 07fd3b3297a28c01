#!/bin/sh
# SPDX-License-Identifier: MIT
# smoke.sh BUILD: `bench.sh --quick` measures what can be measured in a few seconds, and leaves charts, targets and a
# summary with a figure for each. Says nothing of how fast anything is. Status 0: all there.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
trap 'exit 1' INT TERM
charts="stop dataspaces restore start count lines"
command -v gnuplot >/dev/null || { echo "no gnuplot"; exit 1; }
"$(dirname "$0")/bench.sh" --quick -c "$charts" -o "$out" "$build" || exit 1
passed=0 failed=0
expect() { # TEXT COMMAND...
	text=$1
	shift
	if "$@" >/dev/null; then
		passed=$((passed + 1))
	else
		echo "not so: $text"
		failed=$((failed + 1))
	fi
}
for chart in $charts; do
	expect "$chart.csv has a line below its header" awk 'END { exit NR < 2 }' "$out/$chart.csv"
	expect "$chart.csv has as many fields in each line" awk -F, 'NR == 1 { n = NF } NF != n { bad = 1 } END { exit bad }' "$out/$chart.csv"
	[ "$chart" = lines ] || expect "$chart is drawn" test -s "$out/$chart.svg" -a -s "$out/$chart.png"
done
expect "every target was measured" jq -e '.targets | length >= 12 and all(.measured > 0 and .limit > 0)' "$out/summary.json"
expect "the machine is named" jq -e '.machine.processor and .machine.kernel and .machine.user and .machine.node' "$out/summary.json"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
