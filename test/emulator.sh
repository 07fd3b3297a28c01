# SPDX-License-Identifier: MIT
# An image on an emulated board, for tests; to be sourced. Set before:
#   emulator_board                      zynq (Zynq-7000), if not vexpress (Versatile Express, Cortex-A9)
#   emulator_serial                     what the UART of components is connected to
#   emulator_options                    more words for the emulator's command line
# and call
#   emulator_run IMAGE SECONDS [TEXT]   boots it until it ends by itself, or its log $log holds a line with TEXT. Status 0
#                                       if it did in time; ends the script with 2 if something is missing
#   emulator_start IMAGE SECONDS        boots it and goes on, for SECONDS at most
#   emulator_await SECONDS TEXT         waits for TEXT in $log: status 0 if it came
#   emulator_stop                       the power is lost
log=$(mktemp) || exit 2
emulator=
trap 'rm -f "$log"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT

emulator_check() { # IMAGE
	for tool in arm-linux-gnueabihf-gcc qemu-system-arm; do
		command -v "$tool" >/dev/null || { echo "$tool is missing: make deps"; exit 2; }
	done
	[ -r "$1" ] || { echo "$1 is missing: make arm"; exit 2; }
}

emulator_start() {
	emulator_check "$1"
	: >"$log"   # nobody is to find what was said before
	emulator_line=${emulator_serial:-null}
	case ${emulator_board:-zynq} in
	zynq) set -- "$1" "$2" -M xilinx-zynq-a9 -serial "$emulator_line" -serial stdio ;;
	vexpress) set -- "$1" "$2" -M vexpress-a9 -serial stdio -serial "$emulator_line" ;;
	*) echo "no such board: $emulator_board"; exit 2 ;;
	esac
	emulator_image=$1 emulator_seconds=$2
	shift 2
	# shellcheck disable=SC2086 # options are words
	QEMU_AUDIO_DRV=none timeout "$emulator_seconds" qemu-system-arm "$@" -m 1024 -display none -monitor none \
		-semihosting-config enable=on,target=native ${emulator_options:-} -kernel "$emulator_image" </dev/null >"$log" 2>&1 &
	emulator=$!
}

emulator_stop() {
	kill "$emulator"
	wait "$emulator"
	emulator=
}

emulator_await() {
	ticks=$(($1 * 5))
	while [ $ticks -gt 0 ] && kill -0 "$emulator" 2>/dev/null; do
		grep -qF "$2" "$log" && return 0
		sleep 0.2
		ticks=$((ticks - 1))
	done
	grep -qF "$2" "$log"
}

emulator_run() {
	emulator_start "$1" "$2"
	if [ -n "${3:-}" ] && emulator_await "$2" "$3"; then
		emulator_stop
		return 0
	fi
	wait "$emulator"
	status=$?
	emulator=
	[ -z "${3:-}" ] && [ $status -eq 0 ] && return 0
	echo "the machine ended with status $status"
	return 1
}
