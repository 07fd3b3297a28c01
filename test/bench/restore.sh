# SPDX-License-Identifier: MIT
# Restores, to be sourced by bench.sh: from the request until the first instruction, as the RTCR says (restore_us), and as
# whoever gave the command sees it (wall time of `rtcr restore`); in the node where it ran, and in one that was started anew.

restore_once() { # SERIES X
	images_read
	begin=$(microseconds)
	node restore --json "$subject" >"$work/answer" || return 1
	raw_add restore "$1_command" "$2" $(($(microseconds) - begin))
	raw_add restore "$1" "$2" "$(jq .restore_us "$work/answer")"
}

restore_fresh() { # X
	node_stop
	node_start && restore_once fresh "$1"
}

restore_line() { # X BYTES IMAGE
	fill=$(figures restore fill "$1" | cut -d, -f2-4)
	limit=$(reckon "1.3 * ${fill%%,*} + 5000")
	same=$(figures restore same "$1")
	echo "$1,$2,$3,$(echo "$same" | cut -d, -f1-4),$(median restore same_command "$1"),$(median restore fresh "$1"),$(
		median restore fresh_command "$1"),$fill,$limit,$(ratio "$(median restore same "$1")" "$limit")" >>"$out/restore.csv"
}

chart_restore() {
	sizes="1 2 5 10 20 50 100 200" repeats=9 anew=3
	[ -z "$quick" ] || { sizes="1 10"; repeats=2; anew=1; }
	echo "mebibytes,memory_bytes,image_bytes,restores,restore_us,restore_quartile1_us,restore_quartile3_us,command_us,fresh_us,$(
		)fresh_command_us,fill_us,fill_quartile1_us,fill_quartile3_us,limit_us,ratio" >"$out/restore.csv"
	for size in $sizes; do
		progress "restore: $size MiB"
		generation=0
		subject_run "$size" -- "$load/memory" "$size" && subject_checkpoint || return 1
		for n in $(seq "$repeats"); do
			node kill "$subject" >/dev/null && restore_once same "$size" || return 1
		done
		"$build/bin/bench-fill" -r "$repeats" -l "$work" "${bytes}B" | raw_relabel restore fill "$size"
		for n in $(seq "$anew"); do
			restore_fresh "$size" || return 1
		done
		restore_line "$size" "$bytes" "$image"
		subject_remove
		target_add "restore: $size MiB" "$limit" "$(median restore same "$size")" us
		target_add "restore: $size MiB by command" "$limit" "$(median restore same_command "$size")" us
		target_add "restore: $size MiB in a new node" "$limit" "$(median restore fresh "$size")" us
	done
}
