# SPDX-License-Identifier: MIT
# Figures, to be sourced by bench.sh: raw samples, order statistics, targets, the table, the summary.
# A raw sample is a line `series,x,microseconds`; all of a chart are kept in $out/raw/CHART.csv.

progress() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

note() { # TEXT: goes under the table and into the summary
	progress "note: $*"
	echo "$*" >>"$out/notes.txt"
}

raw_add() { echo "$2,$3,$4" >>"$out/raw/$1.csv"; } # CHART SERIES X MICROSECONDS

raw_relabel() { # CHART SERIES X: lines of `bench-... -l` from standard input
	awk -F, -v series="$2" -v x="$3" '{ print series "," x "," $3 }' >>"$out/raw/$1.csv"
}

# CHART SERIES X: "count,median,quartile1,quartile3,least,most" by nearest rank; 0 and dashes without samples.
figures() {
	[ ! -f "$out/raw/$1.csv" ] || grep "^$2,$3," "$out/raw/$1.csv" | cut -d, -f3 | sort -n >"$work/sorted"
	[ -s "$work/sorted" ] || { echo "0,-,-,-,-,-"; return; }
	awk 'function rank(part) { r = NR * part; r = r > int(r) ? int(r) + 1 : r; return v[r ? r : 1] }
		{ v[NR] = $1 }
		END { printf "%d,%.3f,%.3f,%.3f,%.3f,%.3f\n", NR, rank(.5), rank(.25), rank(.75), v[1], v[NR] }' "$work/sorted"
	: >"$work/sorted"
}

median() { figures "$1" "$2" "$3" | cut -d, -f2; }

reckon() { awk "BEGIN { printf \"%.3f\", $1 }"; } # EXPRESSION

ratio() { # MEASURED BASE: "-" if either is missing
	case $1,$2 in *-*) echo - ;; *) awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }' ;; esac
}

target_add() { # NAME LIMIT MEASURED UNIT; measured "-": it could not be measured
	case $3 in
	-) echo "$1,$2,-,$4,-,not measured" ;;
	*) awk -v name="$1" -v limit="$2" -v measured="$3" -v unit="$4" 'BEGIN { printf "%s,%s,%s,%s,%.3f,%s\n",
		name, limit, measured, unit, measured / limit, measured <= limit ? "holds" : "misses" }' ;;
	esac >>"$out/targets.csv"
}

floor_measure() { # leaves $floor: the median of pausing and resuming one thread
	floor=$("$build/bin/bench-floor" -r "$(if [ "$quick" ]; then echo 51; else echo 1001; fi)" 1 |
		awk -F, '$1 == "floor" { print $4 }')
	note "floor: pausing and resuming one thread by tgkill and futex takes $floor us (median)"
}

machine_lines() { # "field<TAB>text", as far as the machine tells
	printf 'processor\t%s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
	printf 'processors\t%s\n' "$(getconf _NPROCESSORS_ONLN)"
	printf 'memory\t%s MiB\n' "$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)"
	printf 'kernel\t%s\n' "$(uname -sr)"
	printf 'hypervisor\t%s\n' "$(grep -qw hypervisor /proc/cpuinfo && echo yes || echo no)"
	printf 'governor\t%s\n' "$(cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null || echo unknown)"
	printf 'huge pages\tany %s, shared memory %s\n' \
		"$(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null || echo unknown)" \
		"$(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/mm/transparent_hugepage/shmem_enabled 2>/dev/null || echo unknown)"
	printf 'user\t%s\n' "$(if [ "$(id -u)" -eq 0 ]; then echo root; else echo ordinary; fi)"
	printf 'node\t%s\n' "${node_says:-not started}"
	printf 'load before\t%s\n' "$load_before"
	printf 'run\t%s\n' "$(if [ "$quick" ]; then echo "quick: no figure means anything"; else echo full; fi)"
}

summary_write() {
	machine_lines | jq -R -s 'split("\n") | map(select(. != "") | split("\t") | {(.[0]): .[1]}) | add' >"$work/machine" &&
	jq -R -s 'split("\n") | map(select(. != "") | split(",")) | .[0] as $names | .[1:] |
		map([$names, .] | transpose | map({(.[0]): (.[1] | tonumber? // .)}) | add)' \
		<"$out/targets.csv" >"$work/targets" &&
	jq -R -s 'split("\n") | map(select(. != ""))' <"$out/notes.txt" >"$work/notes" &&
	jq -n --slurpfile machine "$work/machine" --slurpfile targets "$work/targets" --slurpfile notes "$work/notes" \
		'{machine: $machine[0], targets: $targets[0], notes: $notes[0]}' >"$out/summary.json"
}

table_print() {
	printf '\n'
	machine_lines | awk -F'\t' '{ printf "%-12s %s\n", $1, $2 }'
	printf '\n%-58s %14s %14s %-6s %8s  %s\n' target limit measured unit ratio verdict
	tail -n +2 "$out/targets.csv" | awk -F, '{ printf "%-58s %14s %14s %-6s %8s  %s\n", $1, $2, $3, $4, $5, $6 }'
	printf '\n'
	sed 's/^/note: /' "$out/notes.txt"
	printf 'charts, their data and summary.json: %s\n' "$out"
}
