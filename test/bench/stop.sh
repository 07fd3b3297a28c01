# SPDX-License-Identifier: MIT
# Stop times, to be sourced by bench.sh: charts `stop` (one area of N MiB) and `dataspaces` (N dataspaces of 1 MiB). In each
# round a new component is checkpointed several times, then the same bytes are copied by bench-copy.

stop_limit() { reckon "1.25 * $1 + 150"; } # COPY

stop_round() { # CHART X: the subject runs and is ready
	generation=0
	for n in $(seq "$checkpoints"); do
		subject_checkpoint || return 1
		raw_add "$1" stop "$2" "$stop"
		[ "$n" -ne 1 ] || raw_add "$1" first "$2" "$stop"
	done
	subject_remove
	"$build/bin/bench-copy" -r "$checkpoints" -l "${bytes}B" | raw_relabel "$1" copy "$2"
}

# The longest gap that a program sees itself, against what the checkpoint says: the median over checkpoints.
gap_measure() { # X
	subject_run "$1" -- "$load/memory" -g "$1" || return 1
	generation=0
	for n in $(seq "$checkpoints"); do
		before=$(node logs "$subject" | wc -l)
		subject_checkpoint || return 1
		sleep 0.1
		gap=$(node logs "$subject" | tail -n +$((before + 1)) | awk '$1 == "gap" && $2 > most { most = $2 } END { print most }')
		[ -z "$gap" ] || raw_add stop gap "$1" "$gap"
		raw_add stop watched "$1" "$stop"
	done
	subject_remove
}

stop_line() { # CHART X BYTES: a line of the chart
	copy=$(figures "$1" copy "$2" | cut -d, -f2-4)
	stops=$(figures "$1" stop "$2")
	median=$(echo "$stops" | cut -d, -f2)
	limit=$(stop_limit "${copy%%,*}")
	echo "$2,$3,$(echo "$stops" | cut -d, -f1-4),$(echo "$stops" | cut -d, -f6),$(median "$1" first "$2"),$copy,$floor,$limit,$(
		ratio "$median" "$limit"),$(median "$1" gap "$2"),$(median "$1" watched "$2")" >>"$out/$1.csv"
}

stop_header() { echo "$2,memory_bytes,checkpoints,stop_us,stop_quartile1_us,stop_quartile3_us,stop_most_us,first_us,copy_us,$(
	)copy_quartile1_us,copy_quartile3_us,floor_us,limit_us,ratio,gap_seen_us,gap_stop_us" >"$out/$1.csv"; }

stop_amounts() { # leaves $sizes, $rounds, $checkpoints
	sizes="1 2 5 10 20 50 100 200" rounds=3 checkpoints=6
	[ -z "$quick" ] || { sizes="1 10"; rounds=1; checkpoints=3; }
}

chart_stop() {
	stop_amounts
	note "stop times count from the pause; the preparation before it, while calls of the target wait, is not in them"
	stop_header stop mebibytes
	for size in $sizes; do
		progress "stop: $size MiB"
		for round in $(seq "$rounds"); do
			subject_run "$size" -- "$load/memory" "$size" && stop_round stop "$size" || return 1
		done
		stopped=$bytes
		gap_measure "$size" || return 1
		stop_line stop "$size" "$stopped"
		target_add "stop of a shared checkpoint: $size MiB" "$limit" "$median" us
	done
}

chart_dataspaces() {
	stop_amounts
	stop_header dataspaces dataspaces
	for size in $sizes; do
		progress "dataspaces: $size of 1 MiB"
		for round in $(seq "$rounds"); do
			subject_run "$size" --native -- "$build/component/test/bench/dataspaces.elf" "$size" &&
				stop_round dataspaces "$size" || return 1
		done
		stop_line dataspaces "$size" "$bytes"
		target_add "stop of a shared checkpoint: $size dataspaces of 1 MiB" "$limit" "$median" us
	done
}
