#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh IMAGE FOLDER BUILD: boots the image of programs in the emulator and compares output, errors and exit status of
# each case in FOLDER/cases (list.sh) with those of the same program on this machine's kernel: by qemu-arm, or as BUILD has it
# for this machine's own processor where qemu-arm is known to differ from Linux (reading of directories and robust mutexes of
# 32-bit programs, nanosleep with a wrong pointer, errors of mmap and its like, epoll_pwait2, flags and sizes that are wrong).
# HIT in the environment: classes of threads (checkpoint/session.h) of which kills have to have hit one at least.
# Exit status: 0 all equal, 1 something differed, 2 something is missing.
set -u
. "$(dirname "$0")/../../emulator.sh"
. "$(dirname "$0")/../cases.sh"
image=$1 folder=$2 build=$3
emulator_check "$image"
command -v qemu-arm >/dev/null || { echo "qemu-arm is missing: make deps"; exit 2; }
work=$(mktemp -d) || exit 2
native=
trap '[ -z "$emulator$native" ] || kill $emulator $native 2>/dev/null; chmod -R u+rwx "$work"; rm -rf "$work" "$log"' EXIT
trap 'exit 1' INT TERM
tab=$(printf '\t')

native_run() { # NUMBER ROUNDS WAY INPUT FILES PROGRAM ARGUMENT...: what it should be into $work/NUMBER, .out and .err
	number=$1 rounds=$2 files=$5
	echo "status 0 output * rounds $rounds" >"$work/$number"
	[ "$3" != native ] || return # compared with an undisturbed run there
	from=/dev/null
	[ "$4" = - ] || from=$folder/$4
	program=$6
	shift 6
	chmod -R u+rwx "$work/root" 2>/dev/null
	rm -rf "$work/root"
	mkdir -p "$work/root/tmp"
	[ "$files" = - ] || for file in $files; do cp "$folder/$file" "$work/root/"; done
	set -- qemu-arm -0 "$program" "$folder/$program" "$@"
	case $program in
	call-names | call-epoll | call-epoll_threads | call-events | call-sockets | call-threads | call-process | call-memory) set -- "$build/posix/${program#call-}" ;;
	esac
	(cd "$work/root" && exec env -i PATH=/bin:/usr/bin HOME=/ timeout "${LIMIT:-480}" "$@") \
		<"$from" >"$work/out" 2>"$work/err"
	status=$?
	sed -i '/^qemu: uncaught target signal/d' "$work/err"
	echo "status $status output $(cksum <"$work/out") errors $(cksum <"$work/err") rounds $rounds" >"$work/$number"
	head -c 300 "$work/out" >"$work/$number.out"
	head -c 300 "$work/err" >"$work/$number.err"
}

native_all() { # each case of the folder
	count=0
	while IFS= read -r line; do
		IFS=$tab
		set -f
		# shellcheck disable=SC2086 # fields are meant to be split
		set -- $line
		set +f
		unset IFS
		native_run $count "$@" </dev/null
		count=$((count + 1))
	done <"$folder/cases" 2>"$work/errors"
}

case_name_restored() { # TIMES ROUNDS WAY INPUT FILES PROGRAM ARGUMENT...: by the names that cases have on every kernel
	times=$1 wanted_rounds=$2
	shift 3
	case $3,$wanted_rounds in
	subject-* | *,0) called=${3#subject-}; echo "ok     $(case_name "$@")" ;;
	*) called=${3#busybox} called=${called:-$4} ;;
	esac
	[ "$times" -eq 0 ] || echo "restored $times times: $called"
}

case_say() { # NUMBER TIMES: what was right, and how often it was restored
	line=$2$tab$(sed -n "$(($1 + 1))p" "$folder/cases")
	IFS=$tab
	set -f
	# shellcheck disable=SC2086 # fields are meant to be split
	set -- $line
	set +f
	unset IFS
	case_name_restored "$@"
}

difference_show() { # NUMBER WANTED FOUND
	echo "FAILED: case $1, $(sed -n "$(($1 + 1))p" "$folder/cases" | tr '\t' ' ')"
	printf '    elsewhere %s\n    here      %s\n' "$2" "$3"
	sed -n "/^\[runner\] case $1: /,/^\[runner\] case /p" "$log" | sed -n 's/^.runner.   /    here /p' | head -8
	cat -v "$work/$1.out" | sed 's/^/    elsewhere out: /' | head -5
	cat -v "$work/$1.err" | sed 's/^/    elsewhere err: /' | head -5
}

hits_show() { # where kills hit, by case and in all
	sed -n 's/^.runner. case \([0-9]*\) hit, /\1 /p' "$log" | while read -r number hits; do
		sed -n "$((number + 1))p" "$folder/cases" | {
			IFS=$tab read -r _ way _ _ program _
			[ "$way" = - ] || program="$program, $way"
			printf '  %-24s %s\n' "$program" "$hits"
		}
	done
	sed -n 's/^.runner. threads hit: /threads hit: /p' "$log"
}

# The clock of an emulated machine with one core counts instructions, two nanoseconds each: how long anything may take there
# does not depend on what else this machine does, and the same seed kills at the same instants.
emulator_options=${emulator_options:--icount shift=1,sleep=off}
# Both at once: there is a processor for each, mostly.
begin=$(date +%s)
native_all &
native=$!
emulator_run "$image" "${LIMIT:-480}" 'runner: ended with status' || { tail -20 "$log"; exit 1; }
wait "$native"
native=
total=$(wc -l <"$folder/cases") passed=0 failed=0 restored=0
while [ $((passed + failed)) -lt "$total" ]; do
	number=$((passed + failed))
	wanted=$(cat "$work/$number")
	found=$(sed -n "s/^\[runner\] case $number: //p" "$log")
	case $found in
	*' rounds '*) ;;
	*) found="${found:-nothing}, rounds 0" ;;
	esac
	times=${found##* }
	restored=$((restored + times))
	# shellcheck disable=SC2254 # a pattern for components
	case $found in
	$wanted)
		passed=$((passed + 1))
		case_say $number "$times"
		;;
	*)
		failed=$((failed + 1))
		difference_show $number "$wanted" "$found"
		;;
	esac
done
echo "restored $restored times, $(sed -n 's/^.runner. seed/seed/p' "$log"), $(($(date +%s) - begin)) s"
hits_show
for class in ${HIT:-}; do
	case $(sed -n 's/^.runner. threads hit: */ /p' "$log"), in
	*" $class "[1-9]*) ;;
	*) failed=$((failed + 1)) && echo "FAILED: no kill hit a thread of the class $class" ;;
	esac
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && grep -qF 'runner: ended with status 0' "$log"
