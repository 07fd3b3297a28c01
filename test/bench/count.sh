# SPDX-License-Identifier: MIT
# Many components, to be sourced by bench.sh: chart `count`. With 1, 10, 100 and 300 of them running (each of 16 MiB, 1 MiB filled, asleep):
# in a node whose memory is reserved for all of them, what is not used takes none:
# what starting another costs on average, how long `rtcr ps` takes, and the checkpoint of one of them.

count_line() { # COUNT MEAN-START
	for n in $(seq "$repeats"); do
		begin=$(microseconds)
		node checkpoint --json many-1 >"$work/answer" || return 1
		raw_add count checkpoint_command "$1" $(($(microseconds) - begin))
		raw_add count stop "$1" "$(jq .stop_us "$work/answer")"
	done
	"$build/bin/bench-time" -r "$repeats" -l "$rtcr" --state "$work/state" ps | raw_relabel count ps "$1"
	echo "$1,$2,$(figures count ps "$1" | cut -d, -f2-4),$(figures count stop "$1" | cut -d, -f2-4),$(
		median count checkpoint_command "$1"),$(
		grep -l "^PPid:[[:space:]]*$node_pid$" /proc/[0-9]*/status 2>/dev/null | wc -l)" >>"$out/count.csv"
}

chart_count() {
	counts="1 10 100 300" repeats=15
	[ -z "$quick" ] || { counts="1 5"; repeats=3; }
	running=0
	node_stop
	node_start "${BENCH_NODE_MEMORY:-32G}" || return 1
	echo "components,start_mean_us,ps_us,ps_quartile1_us,ps_quartile3_us,stop_us,stop_quartile1_us,stop_quartile3_us,$(
		)checkpoint_command_us,processes" >"$out/count.csv"
	for count in $counts; do
		progress "count: $count components"
		begin=$(microseconds) before=$running
		while [ $running -lt "$count" ]; do
			node run -d --name "many-$((running + 1))" --memory 16M -- "$load/memory" 1 >/dev/null 2>"$work/errors" ||
				{ note "count: after $running components: $(tail -1 "$work/errors")"; break; }
			running=$((running + 1))
		done
		[ $running -gt $before ] || break
		spent=$(reckon "($(microseconds) - $begin) / ($running - $before)")
		subject_await "many-$running" && count_line "$running" "$spent" || break
	done
	node rm --all --force >/dev/null 2>&1
	[ $running -eq "$count" ]
}
