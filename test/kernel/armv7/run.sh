#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh IMAGE: boots the kernel suite of an ARM image in the emulator, shows its output, and judges it. Exit status 0 if
# the machine ended by itself with status 0 and every test passed, 1 if not, 2 if something is missing.
set -u
image=$1
limit=${ARM_LIMIT:-120}
for tool in arm-linux-gnueabihf-gcc qemu-system-arm; do
	command -v "$tool" >/dev/null || { echo "$tool is missing: make deps"; exit 2; }
done
[ -r "$image" ] || { echo "$image is missing: make arm"; exit 2; }

log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
timeout "$limit" qemu-system-arm -M xilinx-zynq-a9 -m 1024 -display none -monitor none -serial null -serial stdio \
	-semihosting-config enable=on,target=native -kernel "$image" </dev/null >"$log" 2>&1
status=$?
cat "$log"
[ "$status" -eq 0 ] || { echo "the machine ended with status $status"; exit 1; }
grep -q '^end of suite$' "$log" && grep -Eq '^[0-9]+ passed, 0 failed$' "$log"
