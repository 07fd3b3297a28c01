# SPDX-License-Identifier: MIT
# Peers, to be sourced by bench.sh: chart `peers`. CRIU and DMTCP checkpoint the same workload natively; the stop time of
# CRIU is the frozen time of its own statistics, that of DMTCP the longest gap that the workload saw. A peer that is missing
# or does not work here is named as such.

peer_start() { # PROGRAM PREFIX...: the workload in a session of its own; leaves $peer, its process
	workload=$1
	shift
	: >"$work/peer"
	setsid "$@" "$workload" -g "$size" </dev/null >"$work/peer" 2>"$work/errors" &
	peer=$!
	tries=0
	until grep -q ready "$work/peer"; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || return 1
		sleep 0.05
	done
}

peer_end() {
	kill -KILL "$peer" 2>/dev/null
	wait "$peer" 2>/dev/null
}

criu_once() {
	peer_start "$load/memory" || return 1
	rm -rf "$work/criu"
	mkdir "$work/criu"
	criu dump --tree "$peer" --images-dir "$work/criu" --leave-running --display-stats >"$work/answer" 2>"$work/errors"
	status=$?
	peer_end
	frozen=$(sed -n 's/.*Frozen time: *\([0-9]*\) us.*/\1/p' "$work/answer" "$work/errors" | head -1)
	[ $status -eq 0 ] && [ "$frozen" ] && raw_add peers criu "$size" "$frozen"
}

dmtcp_once() {
	peer_start "$load/memory-dynamic" dmtcp_launch --new-coordinator --coord-port 0 --port-file "$work/port" \
		--ckptdir "$work/dmtcp" || return 1
	dmtcp_command --coord-port "$(cat "$work/port")" --bcheckpoint >"$work/answer" 2>"$work/errors"
	status=$?
	sleep 0.2
	gap=$(awk '$1 == "gap" && $2 > most { most = $2 } END { print most }' "$work/peer")
	dmtcp_command --coord-port "$(cat "$work/port")" --quit >/dev/null 2>&1
	peer_end
	[ $status -eq 0 ] && [ "$gap" ] && raw_add peers dmtcp "$size" "$gap"
}

peer_measure() { # NAME PROGRAM: status 1 if there is nothing to show
	command -v "$2" >/dev/null || { note "peer $1: missing on this machine"; return 1; }
	for size in $sizes; do
		for n in $(seq "$repeats"); do
			"$1_once" || { note "peer $1: installed, but does not work here: $(grep . "$work/errors" | tail -1 | cut -c1-160)"; return 1; }
		done
	done
}

chart_peers() {
	sizes="1 10 50 200" repeats=5
	[ -z "$quick" ] || { sizes="1 10"; repeats=1; }
	peer_measure criu criu
	peer_measure dmtcp dmtcp_launch
	echo "mebibytes,criu_us,criu_quartile1_us,criu_quartile3_us,dmtcp_us,dmtcp_quartile1_us,dmtcp_quartile3_us,rtcr_us" >"$out/peers.csv"
	for size in $sizes; do
		echo "$size,$(figures peers criu "$size" | cut -d, -f2-4),$(figures peers dmtcp "$size" | cut -d, -f2-4),$(
			median stop stop "$size")" >>"$out/peers.csv"
	done
}
