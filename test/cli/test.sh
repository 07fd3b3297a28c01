#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh BUILD: every command of rtcr on a node of its own, errors and exit statuses included.
# Exit status: 0 all right, 1 something was wrong, 2 wrong use or something is missing.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
rtcr=$build/bin/rtcr
crash=$build/programs/crash
tools=$(dirname "$(realpath "$0")")/../../tools
busybox=$(command -v busybox) || { echo "cli: no busybox" >&2; exit 2; }
work=$(mktemp -d) || exit 2
RTCR_STATE=$work/state
export RTCR_STATE
trap '"$rtcr" node stop --force >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
passed=0 failed=0
cd "$work" || exit 2
echo begun >begun

fail() { # WHAT...: counts and shows what came
	failed=$((failed + 1))
	echo "FAILED: $*"
	sed 's/^/    out: /' out | head -5
	sed 's/^/    err: /' err | head -5
}

expect() { # STATUS WHAT COMMAND...: the exit status; leaves out and err
	wanted=$1 what=$2
	shift 2
	timeout 60 "$@" >out 2>err
	got=$?
	if [ $got -eq "$wanted" ]; then passed=$((passed + 1)); else fail "$what: status $got, not $wanted"; fi
}

shows() { # FILE PATTERN: a line of out or err
	if grep -q -e "$2" "$1"; then passed=$((passed + 1)); else fail "$what: no '$2' in $1"; fi
}

quiet() { # FILE: nothing in it
	if [ ! -s "$1" ]; then passed=$((passed + 1)); else fail "$what: $1 is not empty"; fi
}

equal() { # FILE FILE
	if cmp -s "$1" "$2"; then passed=$((passed + 1)); else fail "$what: $1 and $2 differ"; fi
}

field() { jq -r "$1" out; }

until_true() { # COMMAND: up to ten seconds
	tries=0
	until eval "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { fail "$what: never true: $1"; return; }
		sleep 0.05
	done
	passed=$((passed + 1))
}

usage_test() {
	expect 0 "help" "$rtcr" --help; shows out '^Usage:'
	expect 0 "version" "$rtcr" --version; shows out '^rtcr [0-9]'
	expect 2 "no command" "$rtcr"
	expect 2 "unknown command" "$rtcr" frobnicate; shows err 'unknown command'
	expect 2 "unknown option" "$rtcr" ps --frobnicate
	for command in run ps logs wait kill checkpoint checkpoints restore inspect verify rm 'node start' 'node stop' \
		'node status'; do
		# shellcheck disable=SC2086 # two words are two arguments
		expect 0 "help of $command" "$rtcr" $command --help; shows out 'Examples:'
	done
	expect 2 "name is missing" "$rtcr" kill
	expect 2 "too many names" "$rtcr" wait a b
	expect 2 "bad memory" "$rtcr" run --memory 12Q -- busybox true; shows err 'for example 64M'
	expect 2 "bad name" "$rtcr" run --name .x -- busybox true
	expect 2 "bad budget" "$rtcr" checkpoint --budget 3 x
	expect 2 "bad priority" "$rtcr" run --priority 64 -- busybox true
	expect 2 "a processor that is not there" "$rtcr" run --cpu 4096 -- busybox true
	shows err "this machine has processors 0 to $(($(getconf _NPROCESSORS_CONF) - 1))"
	expect 2 "no processor" "$rtcr" run --cpu first -- busybox true; shows err 'number of a processor'
	expect 2 "bad generation" "$rtcr" restore x@0
	expect 2 "state path too long" "$rtcr" --state "/tmp/$(printf %0120d 0)" ps; shows err 'too long'
}

no_node_test() {
	expect 4 "status without a node" "$rtcr" node status; shows err 'no node is running'
	expect 4 "stop without a node" "$rtcr" node stop
	expect 4 "kill without a node" "$rtcr" kill x
	expect 125 "wait without a node" "$rtcr" wait x
	mkdir state
	: >state/store
	expect 4 "a state directory that cannot be used" "$rtcr" node start; shows err 'did not start'
	rm -r state
}

node_test() {
	expect 0 "start" "$rtcr" node start; shows out 'the node runs'
	expect 0 "start again" "$rtcr" node start; shows out 'ran already'
	expect 0 "status" "$rtcr" node status --json
	node=$(field .process)
	[ "$(field .running)" = 0 ] || fail "components run on a new node"
	if [ "$(stat -c %a "$RTCR_STATE/socket")" = 600 ]; then passed=$((passed + 1)); else fail "mode of the socket"; fi
	kill -KILL "$node"
	until_true '! "$rtcr" node status >/dev/null 2>&1'
	[ -e "$RTCR_STATE/socket" ] || fail "the killed node took its socket along"
	for starter in 1 2 3 4; do "$rtcr" node start >"starter$starter" 2>&1 & done
	wait
	what="four starters"
	cat starter? >out
	if [ "$(grep -c 'the node runs' out)" = 1 ] && [ "$(grep -c 'ran already' out)" = 3 ]; then
		passed=$((passed + 1))
	else
		fail "four starters started more or less than one node"
	fi
	expect 0 "stop" "$rtcr" node stop
	expect 4 "status after stop" "$rtcr" node status
}

run_test() {
	expect 0 "run starts a node" "$rtcr" run -- "$busybox" echo hello; shows out '^hello$'; quiet err
	expect 0 "on a processor" "$rtcr" run --cpu 0 -- busybox true
	expect 7 "status of the program" "$rtcr" run -- busybox sh -c 'exit 7'
	expect 137 "killed by its own signal" "$rtcr" run -- busybox sh -c 'kill -9 $$'; shows err 'killed by SIGKILL$'
	expect 3 "output and error" "$rtcr" run -- busybox sh -c 'echo one; echo two >&2; exit 3'
	shows out '^one$'; shows err '^two$'
	seq 1 30000 >input
	what="input from a file"
	"$rtcr" run -- busybox cat <input >out 2>err; equal input out
	what="input from a pipe"
	"$busybox" cat input | "$rtcr" run -- busybox cat >out 2>err; equal input out
	what="no input"
	expect 0 "no input" "$rtcr" run -- busybox cat </dev/null; quiet out
	expect 0 "environment" "$rtcr" run --env GIVEN=value --env HOME=/x -- busybox env
	sort out >sorted; printf 'GIVEN=value\nHOME=/x\nPATH=/bin:/usr/bin\n' >wanted; equal sorted wanted
	expect 2 "environment that is not there" "$rtcr" run --env NOT_THERE_AT_ALL -- busybox env
	expect 0 "files" "$rtcr" run --file input --file input:/deep/er/name -- busybox cmp /input /deep/er/name
	expect 125 "a file that is not there" "$rtcr" run --file nothing -- busybox true; shows err 'nothing: No such file'
	for path in /../name /a/../name /./name /name/. / // //name /name/ /a//name /..; do
		expect 2 "a file as $path" "$rtcr" run --file "input:$path" -- busybox true; shows err 'its path in the component'
	done
	expect 2 "a directory above" "$rtcr" run --file .. -- busybox true; shows err 'its path in the component'
	expect 0 "a file with dots" "$rtcr" run --file input:/..a/.b/... -- busybox cmp -n 5 /..a/.b/... /..a/.b/...
	expect 2 "a file twice" "$rtcr" run --file input --file input -- busybox true; shows err 'given twice'
	expect 127 "no such program" "$rtcr" run -- no-such-program; shows err 'no such program'
	expect 127 "no such path" "$rtcr" run -- ./no-such-program
	expect 126 "a directory" "$rtcr" run -- "$work"
	expect 126 "not executable" "$rtcr" run -- ./input; shows err 'Permission denied'
	printf '#!/bin/sh\n' >script; chmod +x script
	expect 126 "a script" "$rtcr" run -- ./script; shows err 'not an ELF file'
	expect 126 "a dynamic program" "$rtcr" run -- "$(readlink -f /proc/self/exe)"; shows err 'dynamically linked'
	{ head -c 18 "$busybox"; printf '\267'; tail -c +20 "$busybox"; } >foreign; chmod +x foreign
	expect 126 "another architecture" "$rtcr" run -- ./foreign; shows err 'another architecture'
	: >empty; chmod +x empty
	expect 126 "an empty file" "$rtcr" run -- ./empty
	expect 125 "more memory than there is" "$rtcr" run --memory 1000000M -- busybox true; shows err 'not enough memory'
	expect 126 "hardly enough memory" "$rtcr" run --memory 8M -- busybox true; shows err 'give more with --memory'
	expect 125 "less memory than it needs" "$rtcr" run --memory 1M -- busybox true; shows err 'give more with --memory'
	expect 9 "more memory than it was given" "$rtcr" run --memory 24M -- "$crash" all; shows err '^rtcr: .*give it more --memory'
	expect 139 "a fault" "$rtcr" run -- "$crash"
	shows out '^before$'; shows err '^rtcr: crash-[^ ]*: killed by SIGSEGV: address 0x10 is not mapped, instruction 0x4'
	[ "$(wc -l <err)" = 1 ] || fail "more than one line about a fault"
	expect 0 "a fault in the background" "$rtcr" run -d --name fault -- "$crash"
	expect 139 "wait for it" "$rtcr" wait fault; shows err 'fault: killed by SIGSEGV: address 0x10 is not mapped'
	expect 0 "ps of it" "$rtcr" ps --json
	[ "$(field '.[0].exit_status')" = 139 ] && [ "$(field '.[0].failure[:17]')" = 'killed by SIGSEGV' ] || fail "ps of a fault"
	expect 0 "rm of it" "$rtcr" rm fault
	expect 0 "nothing is left of nameless runs" "$rtcr" ps --json
	[ "$(field length)" = 0 ] || fail "something is left"
	expect 0 "the node is well" "$rtcr" node status
}

background_test() {
	long=$(printf 'n%.0s' $(seq 63))
	expect 0 "a name of 63 characters" "$rtcr" run -d --name "$long" -- busybox sleep 0.1
	expect 0 "its end" "$rtcr" wait "$long"
	expect 0 "it goes" "$rtcr" rm "$long"
	expect 2 "a name that looks like an option" "$rtcr" run --name -- busybox true; shows err 'neither'
	expect 0 "run -d" "$rtcr" run -d --name early -- busybox wc -l <input; shows out '^early$'
	expect 0 "wait" "$rtcr" wait early
	expect 0 "logs" "$rtcr" logs early; shows out '^30000$'
	expect 125 "a name in use" "$rtcr" run -d --name early -- busybox true; shows err 'in use'
	expect 0 "ps" "$rtcr" ps; shows out '^early .*exited (0)'
	expect 1 "kill what has ended" "$rtcr" kill early; shows err 'does not run'
	expect 0 "rm" "$rtcr" rm early
	expect 3 "rm again" "$rtcr" rm early; shows err 'no component of this name'
	until_true '[ -z "$(ls "$RTCR_STATE/terminals")" ]'
	for command in logs kill checkpoint checkpoints restore inspect verify; do
		expect 3 "$command of an unknown name" "$rtcr" $command early; quiet out
	done
	expect 125 "wait for an unknown name" "$rtcr" wait early
	expect 0 "run -d that stays" "$rtcr" run -d --name stays --memory 32M --file begun -- busybox tail -f /begun
	until_true '"$rtcr" logs stays | grep -q begun'
	timeout 60 "$rtcr" logs -f stays >followed 2>&1 &
	follower=$!
	timeout 60 "$rtcr" wait stays >waited 2>&1 &
	waiter=$!
	expect 1 "rm of what runs" "$rtcr" rm stays; shows err 'runs'
	expect 3 "restore of what has no checkpoint" "$rtcr" restore stays
	expect 1 "stop with components" "$rtcr" node stop; shows err 'would be lost'
	expect 0 "ps --json" "$rtcr" ps --json
	[ "$(field '.[0].state')" = running ] && [ "$(field '.[0].memory_limit')" = 33554432 ] || fail "ps --json"
	expect 0 "kill" "$rtcr" kill stays
	wait $waiter; [ $? -eq 137 ] || fail "a wait does not end by kill"
	wait $follower || fail "logs -f does not end by kill"
	shows followed '^begun$'
	expect 0 "rm -f several" "$rtcr" rm -f stays
}

interrupt_test() {
	what="Ctrl-C"
	"$rtcr" run --name hand --file begun -- busybox tail -f /begun >out 2>err </dev/null &
	runner=$!
	until_true 'grep -q begun out'
	kill -INT $runner
	wait $runner; got=$?
	[ $got -eq 130 ] || fail "an interrupted run ends with $got"
	shows err 'killing it'
	expect 0 "ps after it" "$rtcr" ps; shows out '^hand .*killed'
	expect 0 "rm after it" "$rtcr" rm hand
	what="output that nobody reads"
	timeout 30 "$rtcr" run --name loud -- busybox yes 2>err | head -1 >out
	shows out '^y$'
	until_true '"$rtcr" ps | grep -q "^loud .*killed"'
	expect 0 "rm --all" "$rtcr" rm --all
	expect 0 "nothing is left" "$rtcr" ps --json
	[ "$(field length)" = 0 ] || fail "rm --all leaves something"
}

count='BEGIN { for (;;) { print ++n; fflush(); for (i = 0; i < 20000; i++); } }'

checkpoint_test() {
	expect 0 "a counter" "$rtcr" run -d --name count -- busybox awk "$count"
	until_true '[ "$("$rtcr" logs count | wc -l)" -gt 20 ]'
	expect 0 "checkpoint" "$rtcr" checkpoint --json count
	[ "$(field .generation)" = 1 ] && [ "$(field '.image_bytes > 100000')" = true ] &&
		[ "$(field '.stop_us > 0')" = true ] && [ "$(field '.threads | length > 0')" = true ] || fail "checkpoint --json"
	expect 0 "second checkpoint" "$rtcr" checkpoint count; shows out '^count@2: stopped for'
	expect 1 "a budget that cannot hold" "$rtcr" checkpoint --budget 1us count
	expect 0 "runs on" "$rtcr" ps; shows out '^count .*running'
	expect 0 "checkpoints" "$rtcr" checkpoints count; shows out '^count  *1 '; shows out '^count  *2 '
	expect 0 "checkpoints of all" "$rtcr" checkpoints --json
	[ "$(field 'map(.generation) | tostring')" = '[2,1]' ] || fail "checkpoints --json"
	expect 0 "verify" "$rtcr" verify --json count@1
	[ "$(field '.generation == 1 and .chunks > 0')" = true ] || fail "verify --json"
	expect 0 "inspect" "$rtcr" inspect count@1; shows out '^THREAD'; shows out 'core=any priority=0'
	expect 0 "inspect --json" "$rtcr" inspect --json count; jq -e .header out >/dev/null || jq -e . out >/dev/null || fail "JSON"
	[ "$(field '.threads | map(.core) | unique | tostring')" = '["any"]' ] || fail "the processor of threads"
	expect 1 "restore of what runs" "$rtcr" restore count
	expect 3 "restore of no such checkpoint" "$rtcr" restore count@77
	expect 0 "restore by force" "$rtcr" restore --force --json count@2
	[ "$(field '.generation == 2 and .restore_us > 0')" = true ] || fail "restore --json"
	expect 0 "kill" "$rtcr" kill count
	expect 1 "checkpoint of what was killed" "$rtcr" checkpoint count; shows err 'does not run'
	"$rtcr" logs count >killed
	expect 0 "restore" "$rtcr" restore count@2
	until_true '[ "$("$rtcr" logs count | wc -l)" -gt $(($(wc -l <killed) + 20)) ]'
	"$rtcr" logs count >out; seq 1 "$(wc -l <out)" >wanted; equal out wanted
	expect 0 "checkpoint --stop" "$rtcr" checkpoint --stop count
	expect 137 "wait after it" "$rtcr" wait count
	expect 0 "rm of one" "$rtcr" rm count@1
	expect 3 "rm of it again" "$rtcr" rm count@1; shows err 'no such checkpoint'
	images_test
	node_lost_test
	expect 0 "rm" "$rtcr" rm -f count
	expect 3 "nothing is left" "$rtcr" checkpoints count
}

# Back to an older checkpoint, on from there, and to the younger ones of the time before: each has its own output.
past_test() {
	expect 0 "ticks" "$rtcr" run -d --name past -- busybox awk "$count"
	for generation in 1 2 3; do
		until_true "[ \"\$(\"\$rtcr\" logs past | wc -l)\" -gt $((generation * 20)) ]"
		expect 0 "checkpoint $generation" "$rtcr" checkpoint --stop past
		"$rtcr" logs past >past.$generation
		expect 0 "on" "$rtcr" restore past
	done
	expect 0 "back to 1" "$rtcr" restore -f past@1
	expect 0 "checkpoint 4" "$rtcr" checkpoint --stop past
	"$rtcr" logs past >past.4
	for generation in 3 1 4 2 4 3; do
		expect 0 "to $generation" "$rtcr" restore -f past@$generation
		expect 0 "held" "$rtcr" kill past
		"$rtcr" logs past | head -n "$(wc -l <past.$generation)" >out
		equal out past.$generation
		"$rtcr" logs past >out; seq 1 "$(wc -l <out)" >wanted; equal out wanted
	done
	expect 0 "rm" "$rtcr" rm -f past
	until_true '! ls "$RTCR_STATE"/terminals | grep -q ^past'
}

# Damaged images, also as files.
images_test() {
	image=$RTCR_STATE/store/count/00000002.image
	expect 0 "verify of a file" "$rtcr" verify "$image"
	cp "$image" whole.image
	"$busybox" dd if=/dev/zero of="$image" bs=1 seek=300 count=8 conv=notrunc 2>/dev/null
	expect 1 "verify of damage in the records" "$rtcr" verify count@2; shows err 'at byte'
	expect 1 "inspect of damage" "$rtcr" inspect count@2; quiet out
	expect 1 "restore of damage" "$rtcr" restore count@2; shows err .
	"$busybox" dd if=whole.image of=short.image bs=1000 count=3 2>/dev/null
	expect 1 "inspect of a part" "$rtcr" inspect short.image
	expect 1 "inspect of no image" "$rtcr" inspect ./input
	expect 1 "inspect of a directory" "$rtcr" inspect ./state
	expect 3 "inspect of no file" "$rtcr" inspect ./nothing
	cp whole.image "$image"
	expect 0 "whole again" "$rtcr" verify count@2
}

# The node dies; a new one finds what was durable.
node_lost_test() {
	expect 0 "a run for a node that dies" "$rtcr" run -d --name lost -- busybox sleep 600
	"$rtcr" wait lost >out 2>err &
	waiter=$!
	"$rtcr" node status --json >status
	sleep 0.2
	kill -KILL "$(jq .process status)"
	wait $waiter; got=$?
	what="a wait on a node that dies"
	[ $got -eq 125 ] || fail "it ends with $got"
	shows err 'connection to the node was lost'
	expect 0 "ps on a new node" "$rtcr" ps; shows out '^count .*killed'
	expect 125 "a name in use by checkpoints" "$rtcr" run --name count -- busybox true; shows err 'the name is in use'
	expect 0 "restore on a new node" "$rtcr" restore count
	before=$("$rtcr" logs count | wc -l)
	until_true '[ "$("$rtcr" logs count | wc -l)" -gt $((before + 20)) ]'
	"$rtcr" logs count >out; seq 1 "$(wc -l <out)" >wanted; equal out wanted
	expect 0 "stop by force" "$rtcr" node stop --force
}

# The demonstration with programs that do nothing: it has a node of its own, which it stops, and leaves no files.
demo_test() {
	mkdir -p demo/programs
	printf '#!/bin/sh\nseq 9\n' >demo/busybox
	printf '#!/bin/sh\necho "$RTCR_STATE $*" >>"%s/demo/calls"; mkdir -p "$RTCR_STATE"; exit 1\n' "$work" >demo/rtcr
	chmod +x demo/busybox demo/rtcr
	cp demo/busybox demo/programs/lua; cp demo/busybox demo/programs/sqlite
	expect 1 "a demo of nothing" env PATH="$work/demo:$PATH" RTCR="$work/demo/rtcr" "$tools/demo.sh" demo
	own=$(sed -n '1s/ .*//p' demo/calls)
	[ -n "$own" ] && [ "$own" != "$RTCR_STATE" ] && [ ! -e "$own" ] || fail "the demo works in $own"
	[ "$(sed 's/ .*//' demo/calls | sort -u)" = "$own" ] || fail "the demo works in several places"
	tail -1 demo/calls >out; shows out 'node stop --force$'
}

# How components ended is known after the control server died, and on a new node; of what ran nothing stays.
fates_test() {
	expect 0 "a run that ends with 7" "$rtcr" run -d --name seven -- busybox sh -c 'echo seven; exit 7'
	expect 7 "wait" "$rtcr" wait seven
	expect 0 "a run that faults" "$rtcr" run -d --name fault -- "$crash"
	expect 139 "wait" "$rtcr" wait fault
	expect 0 "a run that is killed" "$rtcr" run -d --name killed -- busybox sleep 1000
	expect 0 "kill" "$rtcr" kill killed
	expect 0 "a run with a checkpoint" "$rtcr" run -d --name saved -- busybox sleep 1000
	expect 0 "checkpoint --stop" "$rtcr" checkpoint --stop saved
	expect 0 "a restore" "$rtcr" restore saved
	expect 0 "a run that is lost" "$rtcr" run -d --name gone --file begun -- busybox tail -f /begun
	"$rtcr" run --file begun -- busybox tail -f /begun </dev/null >/dev/null 2>&1 &
	passing=$!
	until_true '[ "$("$rtcr" ps | grep -c running)" = 3 ]'
	until_true '"$rtcr" logs gone | grep -q begun'
	fates_look
	for process in $(pgrep -P "$("$rtcr" node status --json | jq .process)"); do
		case $(readlink "/proc/$process/fd/7") in socket:*) kill -KILL "$process" ;; esac
	done
	until_true '"$rtcr" node status >/dev/null'
	expect 0 "ps after the control server died" "$rtcr" ps; shows out '^saved .*running'; shows out '^gone .*running'
	fates_look
	node_kill
	wait $passing
	expect 0 "ps on a new node" "$rtcr" ps; shows out '^saved .*stored'
	printf 'damaged' >"$RTCR_STATE/terminals/killed.fate"
	: >"$RTCR_STATE/terminals/nobody.input"
	fates_look
	node_kill
	expect 0 "ps on another new node" "$rtcr" ps --json
	[ "$(field 'map(.name) | tostring')" = '["fault","killed","saved","seven"]' ] || fail "what is known"
	[ "$(field 'map(select(.name == "killed"))[0].state')" = lost ] || fail "a fate that is damaged"
	what="records of what is not known"
	until_true '[ "$(ls "$RTCR_STATE/terminals" | grep -vc "^\(seven\|fault\|killed\|saved\)")" = 0 ]'
	expect 0 "rm of all" "$rtcr" rm --all
	[ -z "$(ls -A "$RTCR_STATE/terminals")" ] || fail "something is left of them"
	expect 0 "ps of nothing" "$rtcr" ps --json
	[ "$(field length)" = 0 ] || fail "something is known of them"
}

node_kill() {
	process=$("$rtcr" node status --json | jq .process)
	kill -KILL "$process"
	until_true '[ ! -d "/proc/$process" ] && ! "$rtcr" node status 2>/dev/null'
}

fates_look() {
	expect 7 "wait for what ended" "$rtcr" wait seven
	expect 0 "its output" "$rtcr" logs seven; shows out '^seven$'
	expect 139 "wait for what faulted" "$rtcr" wait fault; shows err 'killed by SIGSEGV'
	expect '137' "wait for what was killed" "$rtcr" wait killed
}

broken_test() {
	mkdir broken broken/component
	cp -r "$build/bin" broken
	cp "$build/component/"*.elf broken/component
	echo 'start nothing' >broken/component/config
	expect 125 "a node whose init ends" broken/bin/rtcr --state "$work/broken-state" run -- busybox true
	shows err 'node.log'
	grep -q 'configuration' "$work/broken-state/node.log" || fail "its log does not say why"
	expect 4 "it has ended" broken/bin/rtcr --state "$work/broken-state" node status
	rm -rf broken broken-state
}

# More connections than the node has places for: what programs need stays, and newcomers hear why they are refused.
crowd_test() {
	mkfifo spoken silent
	"$rtcr" run --name spoken -- busybox cat <spoken >spoken.out 2>spoken.err &
	spoken=$!
	"$rtcr" run --name silent -- busybox cat <silent >silent.out 2>silent.err &
	silent=$!
	exec 8>silent 9>spoken
	echo one >&9
	what="two programs run"
	until_true '[ -s spoken.out ] && "$rtcr" ps | grep -q "silent.*running"'
	expect 0 "idle connections give way" "$build/bin/control-hostile" "$RTCR_STATE/socket" idle
	"$build/bin/control-hostile" "$RTCR_STATE/socket" hold spoken >held 2>&1 8>&- 9>&- &
	holder=$!
	what="all places are held"
	until_true 'grep -q "held" held'
	cat held >out
	shows out ' 0 ended otherwise$'
	expect 0 "a command that is answered at once" "$rtcr" ps; shows out 'spoken.*running'
	expect 0 "so is a checkpoint" "$rtcr" checkpoint spoken
	expect 4 "no place is left to follow" "$rtcr" logs -f spoken; shows err '^rtcr: spoken: the node is busy: 242 connections '
	expect 125 "no place is left for a run" "$rtcr" run -- busybox true; shows err 'the node is busy: 242 connections '
	echo two >&9
	what="input still comes through"
	until_true 'grep -q two spoken.out'
	exec 9>&-
	what="a program that had said something"
	wait $spoken && printf 'one\ntwo\n' | cmp -s - spoken.out || { cp spoken.err err; fail "status, or output"; }
	wait $holder || { cp held out; fail "who waits hears of the end"; }
	echo three >&8
	exec 8>&-
	what="a program that had said nothing"
	wait $silent && echo three | cmp -s - silent.out || { cp silent.err err; fail "status, or output"; }
	expect 0 "there are places again" "$rtcr" run -- busybox true
	"$rtcr" rm spoken && "$rtcr" rm silent

	full=$work/full-state
	expect 0 "a node of its own" "$rtcr" --state "$full" run -d --name long -- busybox sleep 1000
	"$build/bin/control-hostile" "$full/socket" hold long >held-long 2>&1 &
	holder=$!
	until_true 'grep -q "held" held-long'
	expect 0 "a held node says how it is" "$rtcr" --state "$full" node status
	expect 0 "it can be stopped" "$rtcr" --state "$full" node stop --force
	wait $holder
	rm -rf "$full" spoken silent
}

usage_test
demo_test
no_node_test
broken_test
node_test
run_test
background_test
interrupt_test
"$build/bin/control-hostile" "$RTCR_STATE/socket" >out 2>err || fail "the control server and a hostile client"
tail -1 out
expect 0 "the node is well after it" "$rtcr" run -- busybox true
crowd_test
checkpoint_test
past_test
fates_test
expect 0 "stop" "$rtcr" node stop
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
