#!/bin/sh
# SPDX-License-Identifier: MIT
# arm.sh [--json] [BUILD]: what operations of the microkernel and checkpoints on it cost, in instructions, on an emulated
# Zynq-7000 whose clock counts instructions; and how large the kernel is. Everything is measured twice: the runs must not differ.
# Writes BUILD/bench/arm.json, prints a table or (--json) that. Exit status: 0 measured; 1 a run failed, or the two differ;
# 2 something is missing.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
json=
[ "${1:-}" = --json ] && { json=1; shift; }
build=$(cd "${1:-$root/build}" && pwd) || exit 2
image=$build/arm/image/bench.elf
checkpoint_image=$build/arm/image/bench-checkpoint.elf
. "$here/../emulator.sh"
emulator_options="-icount shift=4,sleep=off"
instruction_ns=16

measure() { # FILE
	emulator_run "$image" 300 || { cat "$log"; exit 1; }
	grep -qE '^[0-9]+ passed, 0 failed$' "$log" || { cat "$log"; exit 1; }
	cp "$log" "$1"
	emulator_run "$checkpoint_image" 300 'measure: ended with status' || { cat "$log"; exit 1; }
	grep -qF 'measure: ended with status 0' "$log" || { cat "$log"; exit 1; }
	sed -n 's/^\[measure\] //p' "$log" >>"$1"
}

lines_of() { # FILE...: lines that hold more than blanks and comments
	(cd "$root" && awk -f "$here/lines.awk" "$@") | awk '{ sum += $1 } END { print sum + 0 }'
}

row() { # NAME NUMBER UNIT
	printf '%s\t%s\t%s\n' "$@"
}

# By byte, and the part that does not grow with the memory: where the line through 1 and 10 MiB meets none.
bytes_table() { # FILE
	awk -v ns=$instruction_ns '
		function fixed(what, small, large) {
			small = what " of 1 MiB"; large = what " of 10 MiB"
			rise = (took[large] - took[small]) / (size[large] - size[small])
			printf "%s, the part that does not grow with memory\t%.0f\tinstructions\n", what, took[small] - rise * size[small] }
		/^bytes: .* of 0 MiB/ { next }
		/^bytes: / { number = $2; bytes = $4 + 0; sub(/^[^:]*: [^:]*: /, "")
			took[$0] = number / ns; size[$0] = bytes; each = number / bytes / ns
			if (/^plain copy/) plain = each
			printf "%s, by byte\t%.4f\tinstructions\n", $0, each
			if (!/^plain copy/) printf "%s, against a plain copy\t%.0f\tpercent\n", $0, 100 * each / plain }
		END { fixed("stop for a checkpoint"); fixed("restore") }' "$1"
}

# Figures of a run, then what the kernel is made of.
table() { # FILE
	awk -v ns=$instruction_ns '
		/^figure: / { number = $2; rounds = $4 + 0; sub(/^[^:]*: [^:]*: /, ""); sub(/ of 0 MiB/, " of next to nothing")
			printf "%s\t%.0f\tinstructions\n", $0, number / rounds / ns }' "$1"
	bytes_table "$1"
	row "kernel/armv7" "$(lines_of $(cd "$root" && ls kernel/armv7/*.[chS] kernel/armv7/board/*/*.[ch]))" "lines of C and assembly"
	row "kernel/object" "$(lines_of $(cd "$root" && ls kernel/object/*.[ch]))" "lines of C"
	row "code and constants of the kernel" "$(arm-linux-gnueabihf-size -A "$image" | awk '$1 == ".text" { print $2 }')" bytes
}

mkdir -p "$build/bench" && work=$(mktemp -d "$build/bench/arm.XXXXXX") || exit 2
trap 'rm -rf "$work" "$log"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT
measure "$work/one"
measure "$work/two"
cmp -s "$work/one" "$work/two" || { echo "arm.sh: two runs differ" >&2; diff "$work/one" "$work/two" >&2; exit 1; }
table "$work/one" >"$work/table"
awk -F'\t' 'BEGIN { printf "[" }
	{ printf "%s\n {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\"}", (NR > 1 ? "," : ""), $1, $2, $3 }
	END { print "\n]" }' "$work/table" >"$build/bench/arm.json"
if [ "$json" ]; then
	cat "$build/bench/arm.json"
else
	awk -F'\t' '{ printf "%-90s %10s %s\n", $1, $2, $3 }' "$work/table"
	echo "two runs, no difference"
fi
