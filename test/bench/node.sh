# SPDX-License-Identifier: MIT
# The node of a measurement, to be sourced by bench.sh: its state lies in $work, so that it disturbs no other node.
# A component that is measured has one name, $subject.
subject=bench

node() { "$rtcr" --state "$work/state" "$@" </dev/null; }

node_start() { # [MEMORY]
	memory=${1:-${BENCH_NODE_MEMORY:-}}
	node node start ${memory:+--memory "$memory"} >"$work/answer" || return 1
	node_pid=$(node node status --json | jq .process)
	node_says=$(sed -n 's/^node: //p' "$work/state/node.log" | tail -1)
}

node_stop() {
	[ ! -S "$work/state/socket" ] || node node stop --force >/dev/null 2>&1
}

subject_remove() { node rm --force "$subject" >/dev/null 2>&1; }

subject_await() { # NAME: until it has said that it is ready, at most a minute
	tries=0
	until node logs "$1" 2>/dev/null | grep -q ready; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] && node ps --json | jq -e --arg name "$1" 'any(.name == $name and .state == "running")' >/dev/null ||
			{ note "$1 did not become ready"; return 1; }
		sleep 0.05
	done
}

subject_run() { # MIB OPTIONS... -- PROGRAM ARGS...: with that much memory; returns when it is ready
	quota=$(($1 + $1 / 4 + 64))
	shift
	subject_remove
	node run -d --name "$subject" --memory "${quota}M" "$@" >"$work/answer" && subject_await "$subject"
}

microseconds() { echo $(($(date +%s%N) / 1000)); }

# Leaves $stop, $bytes (of memory), $image (bytes) and $generation; the image before it is removed.
subject_checkpoint() {
	node checkpoint --json "$subject" >"$work/answer" || return 1
	previous=$((${generation:-0}))
	stop=$(jq .stop_us "$work/answer") bytes=$(jq .memory_bytes "$work/answer")
	image=$(jq .image_bytes "$work/answer") generation=$(jq .generation "$work/answer")
	[ $previous -eq 0 ] || [ $previous -ge "$generation" ] || node rm "$subject@$previous" >/dev/null 2>&1
	return 0
}

images_read() { find "$work/state/store" -type f -exec cat {} + >/dev/null; } # into the page cache
