#!/bin/sh
# SPDX-License-Identifier: MIT
# checkpointed.sh PERIOD COUNTS RTCR STATE FILE PROGRAM ARGS...: runs PROGRAM as a component in the foreground, with FILE in
# its file system, and checkpoints it each PERIOD milliseconds until it ends. Lines `PERIOD,checkpoints,seconds` that
# are to be summed up are added to the file COUNTS. The exit status is that of the program.
set -u
period=$1 counts=$2 rtcr=$3 state=$4 file=$5
shift 5
name=checkpointed-$$
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

begin=$(milliseconds)
"$rtcr" --state "$state" run --name "$name" --file "$file" -- "$@" </dev/null &
run=$!
# Whoever measures waits for the program, not for this loop: it notices the end by itself and cleans up.
(
	taken=0 due=$begin
	while :; do
		due=$((due + period))
		left=$((due - $(milliseconds)))
		if [ $left -gt 0 ]; then
			sleep "$(printf '%d.%03d' $((left / 1000)) $((left % 1000)))"
		else
			due=$((due - left))
		fi
		kill -0 $run 2>/dev/null || break
		"$rtcr" --state "$state" checkpoint "$name" >/dev/null 2>&1 || continue
		taken=$((taken + 1))
		[ $taken -eq 1 ] || "$rtcr" --state "$state" rm "$name@$((taken - 1))" >/dev/null 2>&1
	done
	echo "$period,$taken,0" >>"$counts"
	"$rtcr" --state "$state" rm --force "$name" >/dev/null 2>&1
) >/dev/null 2>&1 &
wait $run
status=$?
echo "$period,0,$(awk -v ms=$(($(milliseconds) - begin)) 'BEGIN { print ms / 1000 }')" >>"$counts"
exit $status
