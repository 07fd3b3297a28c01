# SPDX-License-Identifier: MIT
# For the scripts here: a node of their own in a directory of its own, commands with the result they must have, processes by
# what they are. Sourced with $build set; leaves the working directory in $work.
# shellcheck shell=sh
for tool in busybox jq pgrep; do
	command -v $tool >/dev/null || { echo "faults: no $tool" >&2; exit 2; }
done
work=$(mktemp -d) || exit 2
RTCR_STATE=$work/state
export RTCR_STATE
trap '"$rtcr" node stop --force >/dev/null 2>&1; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 2
passed=0 failed=0 what=begin
: >out
: >err
: >hung

# No command may wait for ever: one that does is told of at the end, with what the node said last.
rtcr=$work/rtcr
cat >"$rtcr" <<END
#!/bin/sh
timeout 100 "$build/bin/rtcr" "\$@"
status=\$?
[ \$status -ne 124 ] || { echo "\$*"; tail -5 "$RTCR_STATE/node.log"; } >>"$work/hung"
exit \$status
END
chmod +x "$rtcr"

pass() { passed=$((passed + 1)); }

fail() { # WHAT...: counts, and shows what came
	failed=$((failed + 1))
	echo "FAILED: $what: $*"
	sed 's/^/    out: /' out | head -3
	sed 's/^/    err: /' err | head -3
}

# STATUS[|STATUS] COMMAND...: leaves out and err
expect() {
	wanted=$1
	shift
	"$@" >out 2>err
	got=$?
	case "|$wanted|" in
	*"|$got|"*) pass ;;
	*) fail "status $got, not $wanted, of $*" ;;
	esac
}

says() { # FILE PATTERN
	if grep -q -e "$2" "$1"; then pass; else fail "no '$2' in $1"; fi
}

until_true() { # COMMAND: up to twenty seconds
	tries=0
	until eval "$1" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || { fail "never true: $1"; return 1; }
		sleep 0.05
	done
	pass
}

random_sleep() { # MILLISECONDS: anything up to them
	sleep "$(awk -v most="$1" -v seed="$(od -An -N4 -tu4 /dev/urandom)" \
		'BEGIN { printf "%.4f", most * (seed % 10000) / 10000000 }')"
}

# A program that counts to $2 in about a millisecond each: its output says all.
count_run() { # NAME LAST
	expect 0 "$rtcr" run -d --memory 32M --name "$1" -- busybox awk -v last="$2" \
		'BEGIN { for (n = 1; n <= last; n++) { print n; fflush(); for (i = 0; i < 8000; i++); } }'
}

count_more() { # NAME: it runs, and prints
	lines=$("$rtcr" logs "$1" | wc -l)
	until_true "[ \"\$('$rtcr' logs '$1' | wc -l)\" -gt $((lines + 5)) ]"
}

count_right() { # NAME LAST: waits for the end; output and status are those of a native run
	expect 0 "$rtcr" wait "$1"
	"$rtcr" logs "$1" >out 2>err
	seq 1 "$2" >native
	if cmp -s out native; then pass; else fail "the output is not that of a native run"; diff native out | head -5; fi
}

count_whole() { # NAME: the output so far is what a native run prints first
	"$rtcr" logs "$1" >out 2>err
	seq 1 "$(wc -l <out)" >native
	if cmp -s out native; then pass; else fail "the output is not that of a native run"; diff native out | head -5; fi
}

state_of() { "$rtcr" ps --json | jq -r --arg name "$1" '.[] | select(.name == $name) | .state'; }

generation_of() { # 0: none
	generation=$("$rtcr" checkpoints --json "$1" 2>/dev/null | jq -r 'map(.generation) | max // 0')
	echo "${generation:-0}"
}

node_process() { "$rtcr" node status --json | jq .process; }

# The server that was granted PATTERN (descriptor 7 of a component).
server_process() {
	for process in $(pgrep -P "$(node_process)"); do
		case $(readlink "/proc/$process/fd/7") in
		$1) echo "$process" ;;
		esac
	done
}

# The component that was started N before the last one. By time: process numbers begin anew at some point.
process_before() { # N
	for process in $(pgrep -P "$(node_process)"); do
		cut -d' ' -f1,22 "/proc/$process/stat" 2>/dev/null
	done | sort -k2n -k1n | tail -$(($1 + 1)) | head -1 | cut -d' ' -f1
}

# With one component: the last two processes are its RTCR and its program.
rtcr_process() { process_before 1; }
target_process() { process_before 0; }

# Nothing half written in the store.
store_tidy() {
	if [ -z "$(find "$RTCR_STATE/store" -name '.new*')" ]; then pass; else fail "something half written is left"; fi
}

faults_end() {
	if [ -s hung ]; then failed=$((failed + 1)); echo "FAILED: commands that did not end in 100 s:"; cat hung; fi
	echo "$passed passed, $failed failed"
	[ $failed -eq 0 ]
}
