#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh IMAGE FOLDER BUILD: boots the image of programs in the emulator and compares output, errors and exit status of
# each case in FOLDER/cases (list.sh) with those of the same program on this machine's kernel: by qemu-arm, or as BUILD has it
# for this machine's own processor where qemu-arm is known to differ from Linux (reading of directories and robust mutexes of
# 32-bit programs, nanosleep with a wrong pointer, errors of mmap and its like).
# Exit status: 0 all equal, 1 something differed, 2 something is missing.
set -u
. "$(dirname "$0")/../../emulator.sh"
image=$1 folder=$2 build=$3
emulator_check "$image"
command -v qemu-arm >/dev/null || { echo "qemu-arm is missing: make deps"; exit 2; }
work=$(mktemp -d) || exit 2
trap 'chmod -R u+rwx "$work"; rm -rf "$work" "$log"; [ -z "$emulator" ] || kill "$emulator" 2>/dev/null' EXIT
tab=$(printf '\t')
passed=0 failed=0 number=0

native_run() { # FILES INPUT PROGRAM ARGUMENT...: fills $wanted
	chmod -R u+rwx "$work/root" 2>/dev/null
	rm -rf "$work/root"
	mkdir -p "$work/root/tmp"
	[ "$1" = - ] || for file in $1; do cp "$folder/$file" "$work/root/"; done
	from=/dev/null
	[ "$2" = - ] || from=$folder/$2
	program=$3
	shift 3
	set -- qemu-arm -0 "$program" "$folder/$program" "$@"
	case $program in
	call-names | call-threads | call-process | call-memory) set -- "$build/posix/${program#call-}" ;;
	esac
	(cd "$work/root" && exec env -i PATH=/bin:/usr/bin HOME=/ timeout 60 "$@") \
		<"$from" >"$work/out" 2>"$work/err"
	status=$?
	sed -i '/^qemu: uncaught target signal/d' "$work/err"
	wanted="status $status output $(cksum <"$work/out") errors $(cksum <"$work/err")"
}

case_compare() { # LINE: of the cases
	rounds=${1%%"$tab"*}
	rest=${1#*"$tab"}
	IFS=$tab
	# shellcheck disable=SC2086 # fields are meant to be split
	set -f; set -- $rest; set +f
	unset IFS
	input=$1 files=$2
	shift 2
	native_run "$files" "$input" "$@"
	found=$(sed -n "s/^\[runner\] case $number: //p" "$log")
	case $found in
	"$wanted rounds $rounds") passed=$((passed + 1)); return ;;
	"$wanted rounds "*) echo "FAILED: case $number, $*: only ${found##* } of $rounds times restored" ;;
	*) echo "FAILED: case $number, $*: $wanted; here $found" ;;
	esac
	failed=$((failed + 1))
	sed -n "/^\[runner\] case $number: /,/^\[runner\] case /p" "$log" | grep '^.runner.   ' | sed 's/^.runner. */    here /' |
		head -8
	head -c 300 "$work/out" | cat -v | sed 's/^/    elsewhere out: /' | head -5
	head -c 300 "$work/err" | cat -v | sed 's/^/    elsewhere err: /' | head -5
}

emulator_run "$image" "${LIMIT:-200}" 'runner: ended with status' || { tail -20 "$log"; exit 1; }
while IFS= read -r line; do
	case_compare "$line" </dev/null
	number=$((number + 1))
done <"$folder/cases"
grep -qF 'runner: ended with status 0' "$log" || { grep -F 'could not be run' "$log"; failed=$((failed + 1)); }
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
