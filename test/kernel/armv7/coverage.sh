#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh IMAGE...: how much of the kernel's code these images execute together, in the emulator: of its instructions,
# and of both ways of each conditional branch. Functions of which least is executed come first. From the code that the
# emulator translates, block by block as it is reached. Instructions that are conditional themselves count as executed.
set -u
. "$(dirname "$0")/../../emulator.sh"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work" "$log"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT
for image in "$@"; do
	emulator_options="-icount shift=4,sleep=off -d in_asm -D $work/blocks"
	emulator_run "$image" 300 || { cat "$log"; exit 1; }
	sed -n 's/^0x\(80[0-9a-f]*\): .*/\1/p' "$work/blocks" | sort -u >"$work/executed"
	arm-linux-gnueabihf-objdump -d -j .text "$image" >"$work/code"
	# Names, not addresses: images have the same kernel, but not at the same place.
	awk -v executed="$work/executed" '
		BEGIN { while ((getline line < executed) > 0) hit[line] = 1 }
		/^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3); base = $1; number = 0; next }
		/^[0-9a-f]+:\t/ { split($0, part, "\t"); address = part[1]; sub(/:/, "", address); sub(/ /, "", part[2])
			if (part[3] ~ /^\.word/) { branch = 0; next }
			number++
			if (branch) print "way", branch ".next", (address in hit)
			branch = 0
			print "instruction", name "+" number, (address in hit)
			if (part[3] ~ /^b(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)$/) {
				split(part[4], target, " "); branch = name "+" number
				print "way", branch ".taken", (target[1] in hit) } }' "$work/code"
done | sort | awk '{ key = $1 " " $2; seen[key] = seen[key] || $3 }
	END { for (key in seen) { split(key, part, " "); all[part[1]]++; hit[part[1]] += seen[key]
			if (part[1] == "way") { split(part[2], place, "+"); ways[place[1]]++; taken[place[1]] += seen[key] } }
		printf "instructions: %d of %d\nways of branches: %d of %d\n", hit["instruction"], all["instruction"], hit["way"], all["way"]
		for (name in ways) printf "%d%% %s: %d of %d\n", taken[name] * 100 / ways[name], name, taken[name], ways[name] | "sort -n" }'
