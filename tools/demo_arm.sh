#!/bin/sh
# SPDX-License-Identifier: MIT
# demo_arm.sh [BUILD]: the same story on the microkernel: a Zynq-7000 in the emulator is a node of its own, reached over its
# Ethernet; its store is on its SD card. A native component, then Debian's awk for armhf, Lua and SQLite, which qemu-arm runs for
# comparison on this machine's kernel.
# Exit status: 0 all equal, 1 a difference or a failed step, 2 something is missing.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$root/build}" && pwd) || exit 2
rtcr=$build/bin/rtcr image=$build/arm/image/node.elf busybox=$build/arm/root/bin/busybox
for tool in "$rtcr" "$busybox" "$build/arm/programs/lua" "$build/arm/programs/sqlite" qemu-arm jq; do
	command -v "$tool" >/dev/null || { echo "demo: no $tool; try: make deps all arm" >&2; exit 2; }
done
# shellcheck source=test/emulator.sh
. "$root/test/emulator.sh"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$log" "$work"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT
trap 'exit 1' INT TERM
port=$((20000 + $$ % 20000)) scripts=$work
where="--node 127.0.0.1:$port" native=qemu-arm at_once=--stop patience=300
# shellcheck source=tools/story.sh
. "$root/tools/story.sh"

# What takes seconds natively would take minutes where an emulator runs a kernel.
sed 's/rounds = 60/rounds = 10/' "$root/test/programs/work.awk" >"$work/work.awk"
sed 's/or 80/or 16/' "$root/test/programs/work.lua" >"$work/work.lua"
sed 's/90000/6000/g; s/700000/42000/; s/900000/60000/; s/% 20011/% 1200/' "$root/test/programs/work.sql" >"$work/work.sql"

sheep_tell() { # natively: on the board's kernel itself, no Linux program
	printf '\nsheep, a native component\n'
	step_do run -d --native --name calm --memory 8M -- "$build/arm/component/sheep.elf" 400 5 && step_do wait calm || return 1
	command_run logs calm >"$work/native"
	step_do run -d --native --name sheep --memory 8M -- "$build/arm/component/sheep.elf" 400 5 || return 1
	sleep 0.7
	step_do checkpoint --json sheep || return 1
	stop=$(field .stop_us) size=$(field .image_bytes)
	step_do kill sheep || return 1
	step_do restore --json sheep || return 1
	back=$(field .restore_us)
	step_do wait sheep || return 1
	command_run logs sheep >"$work/restored"
	tail -1 "$work/restored" | sed 's/^/  /'
}

truncate -s 256M "$work/card"
emulator_options="-drive if=sd,format=raw,file=$work/card -nic user,model=cadence_gem,hostfwd=tcp:127.0.0.1:$port-:7000 -nic none"
echo "A Zynq-7000 starts in the emulator: microkernel, core, init, drivers, store on the card, RTCR."
emulator_start "$image" 1200
emulator_await 60 'address 10.0.2.' || { echo "demo: the board has no address:"; cat "$log"; exit 1; }
sed 's/^/  /' "$log"
stop=- size=- back=-
: >"$work/native"
: >"$work/restored"
sheep_tell || failed=1
story_compare sheep
demo_run awk "$work/work.awk" "$busybox" awk -f work.awk
demo_run lua "$work/work.lua" "$build/arm/programs/lua" work.lua
demo_run sqlite "$work/work.sql" "$build/arm/programs/sqlite" work.sql
story_end
