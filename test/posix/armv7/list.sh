#!/bin/sh
# SPDX-License-Identifier: MIT
# list.sh BUILD BUSYBOX FOLDER: makes FOLDER with all that the image of programs needs beside components: the cases of
# ../cases.sh as runner/runner.h wants them, the data they use, and the programs of BUILD and BUSYBOX by names of their own
# (call-NAME, subject-NAME). The emulator is slower than a processor: data and work are smaller than elsewhere.
# PARTS, ROUNDS, SCALE, STEPS, ABOVE and NATIVE in the environment make another choice: which parts, how often programs are
# restored, how much those have to do that are, which subjects once more with a priority above the RTCR's, and which native ones.
# Exit status: 0 made, 2 something is missing.
set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 2
build=$(cd "$1" && pwd) || exit 2
box=$2
mkdir -p "$3" && work=$(cd "$3" && pwd) || exit 2
busybox=$(command -v busybox) || { echo "list: no busybox" >&2; exit 2; }
list=$work/cases.new
: >"$list"
LINES_MADE=3000 STEPS=${STEPS:-60} LOOPS=5 scale=${SCALE:-1}
rounds=0 way=-
. "$here/cases.sh"

work_scale() { # NAME AWK-ROUNDS LUA-ROUNDS SQL-ROWS: NAME.awk, NAME.lua, NAME.sql
	programs=$here/../programs
	sed "s/rounds = 60/rounds = $2/" "$programs/work.awk" >"$work/$1.awk"
	sed "s/or 80/or $3/" "$programs/work.lua" >"$work/$1.lua"
	sed "s/90000/$4/g; s/700000/$(($4 * 7))/; s/900000/$(($4 * 10))/; s/% 20011/% $(($4 / 5))/" \
		"$programs/work.sql" >"$work/$1.sql"
}

works_compare() { works_make; }

works_make() { work_scale work 1 2 3000; }

same() { # PROGRAM ARGUMENT...
	from=-
	[ "$input" = /dev/null ] || from=${input##*/}
	printf '%s\t%s\t%s\t%s\t%s' "$rounds" "$way" "$from" "${files:--}" "$(program_name "$1")" >>"$list"
	shift
	for argument in "$@"; do printf '\t%s' "$argument"; done >>"$list"
	echo >>"$list"
}

storms_list() { # checkpointed, killed and restored while they run
	work_scale long $((4 * scale)) $((5 * scale)) $((6000 * scale))
	rounds=${ROUNDS:-6}
	files="long.awk long.lua long.sql"
	same "$box" awk -f long.awk
	same "$build/programs/lua" long.lua
	same "$build/programs/sqlite" long.sql
	files=
	same "$build/programs/uv" $((10 * scale))
	same "$build/programs/event" $((10 * scale))
	rounds=0
}

data_make
busybox=$box
cp "$box" "$build"/programs/* "$work/" || exit 2
for program in "$build"/posix/* "$build"/checkpoint/*; do cp "$program" "$work/$(program_name "$program")" || exit 2; done
for part in ${PARTS:-streams files answers shell programs calls}; do "${part}_compare"; done
storms_list
rounds=${ROUNDS:-2}
subjects_compare
way=above once=$rounds rounds=0 # threads above the RTCR: who waits for a lock of the library OS lets it answer
subjects_compare barrier
rounds=$((once * 3)) # they are hit rarely by what this is for
# shellcheck disable=SC2086 # words are meant to be split
[ -z "${ABOVE:-}" ] || subjects_compare $ABOVE
way=native rounds=$((rounds / 3))
for subject in ${NATIVE:-}; do same "$subject" "${STEPS:-40}"; done
od -An -N4 -tu4 /dev/urandom | tr -d ' ' >"$work/seed"
mv "$list" "$work/cases"
