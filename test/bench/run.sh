# SPDX-License-Identifier: MIT
# Run times, to be sourced by bench.sh: charts `run` (programs native, as components, and checkpointed meanwhile) and `start`
# (what running `busybox true` as a component adds). The commands take turns; outputs must be equal.

run_program() { # NAME LIMIT-SCRIPT PROGRAM ARGS...: native, component, checkpointed at 1 and 10 Hz
	name=$1 script=$2
	shift 2
	: >"$work/counts"
	(cd "$root/test/programs" && "$build/bin/bench-time" -r "$repeats" -l -o "$work/output" "$@" \
		-- "$rtcr" --state "$work/state" run --file "$script" --- "$@" \
		-- "$here/checkpointed.sh" 1000 "$work/counts" "$rtcr" "$work/state" "$script" "$@" \
		-- "$here/checkpointed.sh" 100 "$work/counts" "$rtcr" "$work/state" "$script" "$@") >"$work/times" || return 1
	for number in 1 2 3 4; do
		grep "^time,$number," "$work/times" | raw_relabel run "command$number" "$name"
		cmp -s "$work/output.1" "$work/output.$number" || { note "$name: output $number is not equal to the native one"; return 1; }
	done
	sleep 2 # until the last loop of checkpoints has ended, too
}

rate_reached() { # PERIOD: checkpoints per second
	awk -F, -v period="$1" '$1 == period { n += $2; s += $3 } END { printf "%.2f", s ? n / s : 0 }' "$work/counts"
}

run_line() { # NAME
	native=$(median run command1 "$1")
	line=$1,$(figures run command1 "$1" | cut -d, -f1-4)
	for number in 2 3 4; do
		measured=$(figures run "command$number" "$1" | cut -d, -f2-4)
		line=$line,$measured,$(ratio "${measured%%,*}" "$native")
	done
	echo "$line,$(rate_reached 1000),$(rate_reached 100)" >>"$out/run.csv"
}

chart_run() {
	repeats=7 rounds=
	[ -z "$quick" ] || { repeats=1; rounds=5; }
	programs=$root/test/programs
	echo "program,runs,native_us,native_quartile1_us,native_quartile3_us,component_us,component_quartile1_us,$(
		)component_quartile3_us,component_ratio,hz1_us,hz1_quartile1_us,hz1_quartile3_us,hz1_ratio,hz10_us,hz10_quartile1_us,$(
		)hz10_quartile3_us,hz10_ratio,hz1_reached,hz10_reached" >"$out/run.csv"
	for program in lua sqlite awk; do
		progress "run: $program"
		case $program in
		lua) run_program lua "$programs/work.lua" "$build/programs/lua" work.lua $rounds ;;
		sqlite) run_program sqlite "$programs/work.sql" "$build/programs/sqlite" work.sql ;;
		awk) run_program awk "$programs/work.awk" "$busybox" awk ${rounds:+-v rounds=$rounds} -f work.awk ;;
		esac || return 1
		run_line "$program"
		target_add "run time of $program as a component / native" 1.05 \
			"$(ratio "$(median run command2 "$program")" "$(median run command1 "$program")")" ""
	done
}

chart_start() {
	repeats=31
	[ -z "$quick" ] || repeats=3
	"$build/bin/bench-time" -r "$repeats" -l "$busybox" true -- "$rtcr" --state "$work/state" run --- "$busybox" true \
		>"$work/times" || return 1
	grep "^time,1," "$work/times" | raw_relabel start native true
	grep "^time,2," "$work/times" | raw_relabel start component true
	echo "what,runs,median_us,quartile1_us,quartile3_us,least_us,most_us" >"$out/start.csv"
	echo "native,$(figures start native true)" >>"$out/start.csv"
	echo "component,$(figures start component true)" >>"$out/start.csv"
	target_add "rtcr run -- busybox true: more than native" 15000 \
		"$(reckon "$(median start component true) - $(median start native true)")" us
}
