#!/bin/sh
# SPDX-License-Identifier: MIT
# target.sh BUILD: hostile targets of the RTCR that are checkpointed while they attack it, beside one that counts sheep.
# They come to their end, so do the sheep, and the node has as many processes as before. Status 0: so it was.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
rtcr=$build/bin/rtcr
RTCR_STATE=$(mktemp -d) || exit 2
export RTCR_STATE
status=0 seeds="1 2 3" requests=${INTRUDER_REQUESTS:-60000}
trap '"$rtcr" node stop --force >/dev/null 2>&1 || "$rtcr" node stop >/dev/null 2>&1; rm -rf "$RTCR_STATE"' EXIT
trap 'exit 1' INT TERM

expect() { # TEXT COMMAND...
	text=$1
	shift
	if ! "$@"; then
		echo "FAILED $text"
		status=1
	fi
}

processes() { pgrep -c -P "$node"; }

node=$("$rtcr" node start | grep -o '[0-9]*')
expect "a node" [ -n "$node" ]
alone=$("$rtcr" run --rm --native "$build/component/sheep.elf" 4000 | tail -1)
before=$(processes)
expect "the sheep" "$rtcr" run -d --name sheep --native "$build/component/sheep.elf" 4000 >/dev/null
for seed in $seeds; do
	expect "intruder $seed" timeout 60 "$rtcr" run -d --name "intruder$seed" -m 16M --native \
		"$build/component/test/hostile/intruder.elf" "$requests" "$seed" >/dev/null
done
taken=0 attacked=0
for round in 1 2 3 4; do
	for seed in $seeds; do
		if timeout 30 "$rtcr" checkpoint "intruder$seed" >/dev/null 2>&1; then
			expect "a checkpoint of intruder$seed is sound" "$rtcr" verify "intruder$seed" >/dev/null
			attacked=$((attacked + 1))
		elif [ $? -eq 124 ]; then
			expect "a checkpoint of intruder$seed never ended" false
		fi
	done
	timeout 30 "$rtcr" checkpoint sheep >/dev/null 2>&1 && taken=$((taken + 1))
done
for seed in $seeds; do
	timeout 60 "$rtcr" wait "intruder$seed" >/dev/null
	"$rtcr" logs "intruder$seed" | tail -1
	expect "intruder $seed came to its end" sh -c '"$1" logs "$2" | grep -q " requests, "' sh "$rtcr" "intruder$seed"
done
timeout 60 "$rtcr" wait sheep >/dev/null
expect "the sheep are the same" [ "$("$rtcr" logs sheep | tail -1)" = "$alone" -a -n "$alone" ]
echo "checkpoints meanwhile: $taken of the sheep, $attacked of intruders"
expect "the sheep were checkpointed" [ "$taken" -gt 0 ]
for name in sheep intruder1 intruder2 intruder3; do
	timeout 30 "$rtcr" rm --force "$name" >/dev/null 2>&1 || timeout 30 "$rtcr" rm "$name" >/dev/null
done
left=$(processes)
expect "processes are left: $left, $before before" [ "$left" -eq "$before" ]
echo "$((1 - status)) passed, $status failed"
exit $status
