#!/bin/sh
# SPDX-License-Identifier: MIT
# net.sh IMAGE BUILD: a node in the emulator, reached over its Ethernet by the command line: components and a Linux program are
# run, saved, killed and continued, also on the machine that was started anew after its power was lost, from the store on its card.
set -u
. "$(dirname "$0")/../emulator.sh"
build=$2
[ -d "$(dirname "$0")/../../build/source/lwip" ] || { echo "the source of lwip is missing: make deps"; exit 2; }
port=$((20000 + $$ % 20000))
card=$(mktemp) || exit 2
trap 'rm -f "$log" "$card"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT
truncate -s 64M "$card"
emulator_options="-drive if=sd,format=raw,file=$card -nic user,model=cadence_gem,hostfwd=tcp:127.0.0.1:$port-:7000 -nic none"

fail() {
	echo "FAILED: $*"
	cat "$log"
	exit 1
}
# COMMAND ...: of the node in the emulator
rtcr() {
	command=$1
	shift
	timeout 60 "$build/bin/rtcr" "$command" --node "127.0.0.1:$port" "$@"
}
power_on() {
	emulator_start "$1" 300
	emulator_await 60 'address 10.0.2.' || fail "no address"
}
sheep() { # NAME: 400 of them, 5 ms each
	rtcr run -d --native --name "$1" --memory 8M -- "$build/arm/component/sheep.elf" 400 5 >/dev/null || fail "run $1"
}
ends_well() { # NAME
	rtcr wait "$1" || fail "wait $1"
	[ "$(rtcr logs "$1" | tail -n 1)" = "$wanted" ] || fail "$1 ends otherwise: $(rtcr logs "$1" | tail -n 1)"
}

# An unmodified Linux program, compared with qemu-arm, which runs it on this machine's kernel.
program_runs() {
	busybox=$build/arm/root/bin/busybox script=$(dirname "$0")/../programs/work.awk
	[ -x "$busybox" ] || { echo "busybox for ARM is missing: make deps"; exit 2; }
	native=$(qemu-arm "$busybox" awk -v rounds=4 -f "$script")
	rtcr run -d --name words --file "$script" -- "$busybox" awk -v rounds=4 -f /work.awk >/dev/null || fail "run words"
	tries=0
	until [ "$(rtcr logs words | wc -l)" -ge 2 ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || fail "words prints nothing"
		sleep 0.1
	done
	rtcr checkpoint words || fail "checkpoint of words"
	rtcr kill words || fail "kill of words"
	rtcr restore words || fail "restore of words"
	rtcr wait words || fail "wait words"
	[ "$(rtcr logs words)" = "$native" ] || fail "the output of words is another"
	rtcr rm words || fail "rm words"
}

power_on "$1"
timeout 60 "$build/bin/rtcr" node status --node "127.0.0.1:$port" || fail status
sheep calm
rtcr wait calm || fail wait
wanted=$(rtcr logs calm | tail -n 1)
case $wanted in 'sheep: 400 steps, result '*) ;; *) fail "the result is: $wanted" ;; esac

sheep dolly
sleep 0.5
rtcr checkpoint dolly || fail checkpoint
rtcr kill dolly || fail kill
rtcr restore dolly || fail restore
ends_well dolly
[ "$(rtcr logs dolly)" = "$(rtcr logs calm)" ] || fail "the output of dolly is another"

program_runs

sheep polly
sleep 0.5
rtcr checkpoint polly || fail checkpoint
emulator_stop
power_on "$1"
rtcr checkpoints | grep -q '^polly  *1 ' || fail "the checkpoint of polly is lost"
rtcr restore --memory 8M polly || fail "restore of polly"
ends_well polly

rtcr rm polly || fail rm
! rtcr checkpoints | grep -q '^polly' || fail "polly is still there"
! rtcr run --native --name alien -- "$build/component/sheep.elf" 2>/dev/null || fail "a program of another machine runs"
! timeout 10 "$build/bin/rtcr" node stop --node "127.0.0.1:$port" 2>/dev/null || fail "a node elsewhere is stopped"
timeout 60 "$build/bin/control-hostile" "$port" 20 || fail "a hostile client"
timeout 10 "$build/bin/rtcr" ps --node nonsense 2>/dev/null
[ $? -eq 4 ] || fail "an address that is none"
cat "$log"
emulator_stop
