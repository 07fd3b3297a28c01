# SPDX-License-Identifier: MIT
# The size of what must be trusted, to be sourced by bench.sh: lines that hold more than blanks and comments (lines.awk).
# Which sources a program is made of is read from its debug information, so parts of lib/ count where they are linked;
# headers are those that these sources include, by the compiler's dependency files. A file counts once in each group.

sources_linked() { # PROGRAM...: source files of this tree that were compiled into them
	for program in "$@"; do
		readelf --debug-dump=info --dwarf-depth=1 "$program" 2>/dev/null
	done | sed -n 's/.*DW_AT_name.*: \([a-z][a-z0-9_/]*\.[cS]\)$/\1/p' | sort -u
}

headers_included() { # source files from standard input
	while read -r file; do
		cat "$build/host/${file%.*}.d" "$build/component/${file%.*}.d" 2>/dev/null
	done | tr ' \\' '\n\n' | grep -E '^[a-z].*\.h$' | sort -u
}

lines_of() { # file names from standard input: all their lines
	(cd "$root" && xargs -r awk -f "$here/lines.awk" </dev/stdin) | awk '{ sum += $1 } END { print sum + 0 }'
}

lines_group() { # GROUP PATTERN FILE: the part of a list of files that matches
	sum=$(grep -E "$2" "$3" | lines_of)
	echo "$1,$(grep -cE "$2" "$3"),$sum" >>"$out/lines.csv"
	total=$((total + sum))
}

chart_lines() {
	sources_linked "$build/bin/rtcr-node" "$build/component/core.elf" "$build/component/kernel/linux/stub/stub.elf" >"$work/base"
	headers_included <"$work/base" >>"$work/base"
	sources_linked "$build/component/rtcr.elf" | grep -E '^(rtcr|image)/' >"$work/rtcr"
	headers_included <"$work/rtcr" | grep -E '^(rtcr|image|include/(image|checkpoint|bundle))/' >>"$work/rtcr"
	if ! grep -q '^core/' "$work/base" || ! grep -q '^kernel/' "$work/base" || ! grep -q '^rtcr/' "$work/rtcr"; then
		note "lines: the programs have no debug information; build with -g in OPT"
		return 1
	fi
	echo "part,files,lines" >"$out/lines.csv"
	total=0
	lines_group "trusted base: hosted kernel and stub" '^kernel/' "$work/base"
	lines_group "trusted base: node" '^node/' "$work/base"
	lines_group "trusted base: core" '^core/' "$work/base"
	lines_group "trusted base: lib linked by core" '^lib/' "$work/base"
	lines_group "trusted base: interfaces" '^include/' "$work/base"
	target_add "lines of the trusted base" 8000 $total lines
	total=0
	lines_group "RTCR: rtcr" '^rtcr/' "$work/rtcr"
	lines_group "RTCR: image reader and writer" '^image/' "$work/rtcr"
	lines_group "RTCR: its interfaces" '^include/' "$work/rtcr"
	target_add "lines of the RTCR with image reader and writer" 5000 $total lines
}
