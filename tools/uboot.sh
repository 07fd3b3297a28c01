#!/bin/sh
# SPDX-License-Identifier: MIT
# uboot.sh [BUILD]: has U-Boot itself start images from an SD card in the emulator, as on a board (docs/boards.md). U-Boot is
# made from Debian's source, once, in BUILD/source/u-boot (a minute or two); beyond `make deps` that takes bison, flex,
# libssl-dev and mtools. Boots the system suite by bootm, then by go with caches and MMU on, then a node whose store is on the
# same card. Exit status: 0 all came up, 1 one did not, 2 something is missing.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$root/build}" && pwd) || exit 2
uboot=$build/source/u-boot images=$build/arm/uboot
for tool in bison flex mformat mkimage; do
	command -v "$tool" >/dev/null || { echo "uboot: no $tool"; exit 2; }
done
[ -r "$images/node_667.img" ] || { echo "uboot: no images; try: make deps uboot"; exit 2; }
. "$root/test/emulator.sh"
card=$(mktemp) && script=$(mktemp) && going=$(mktemp) || exit 2
trap 'rm -f "$log" "$card" "$script" "$going"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT

uboot_make() {
	sh "$root/tools/source.sh" u-boot "$build/source" && cd "$uboot" &&
		make -s xilinx_zynq_virt_defconfig &&
		sed -i 's/^CONFIG_TOOLS_MKEFICAPSULE=y/# CONFIG_TOOLS_MKEFICAPSULE is not set/' .config &&
		make -s olddefconfig && make -s -j2 CROSS_COMPILE=arm-linux-gnueabihf- u-boot.elf
}

# An entry of the table of partitions: type, first block, blocks.
partition() {
	printf '\000\000\000\000'
	for value in "$1" "$2" "$3"; do
		for shift in 0 8 16 24; do
			printf "\\$(printf '%03o' $((value >> shift & 255)))"
		done
	done
}

# A card: boot.scr and the image in a FAT of 64 MiB, then a partition for the store.
card_make() { # IMAGE SCRIPT
	truncate -s 0 "$card"
	truncate -s 256M "$card"
	{ partition 0x0c 2048 131072; partition 0xda 133120 391168; } | dd of="$card" bs=1 seek=446 conv=notrunc status=none
	printf '\125\252' | dd of="$card" bs=1 seek=510 conv=notrunc status=none
	mkimage -A arm -T script -C none -d "$2" "$script" >/dev/null && mformat -i "$card@@1M" -T 131072 -F :: &&
		mcopy -o -i "$card@@1M" "$script" ::boot.scr && mcopy -i "$card@@1M" "$1" ::rtcr.img
}

boot() { # NAME IMAGE SCRIPT TEXT
	card_make "$2" "$3" || exit 2
	emulator_options="-drive if=sd,format=raw,file=$card -nic user,model=cadence_gem -nic none"
	emulator_run "$uboot/u-boot.elf" 120 "$4" && { echo "ok     $1"; return 0; }
	echo "FAILED $1"
	cat "$log"
	failed=1
}

[ -r "$uboot/u-boot.elf" ] || (uboot_make) || { echo "uboot: U-Boot could not be made"; exit 2; }
failed=0
printf 'load mmc 0:1 0x00100000 rtcr.img\ngo 0x00100000\n' >"$going"
boot 'system suite by bootm' "$images/services.img" "$root/kernel/armv7/board/zynq/boot.txt" ' passed, 0 failed'
boot 'system suite by go' "$images/services.bin" "$going" ' passed, 0 failed'
boot 'node by bootm' "$images/node_667.img" "$root/kernel/armv7/board/zynq/boot.txt" 'address 10.0.2.'
grep -q 'cannot be used' "$log" && { echo "FAILED the card's second partition is no store"; failed=1; }
exit $failed
