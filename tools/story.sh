# SPDX-License-Identifier: MIT
# The story that the demonstrations tell, to be sourced: a program runs natively, then as a component that is checkpointed at
# half its output, killed, and restored from its image; the outputs must be equal. Set before:
#   $rtcr $work $scripts   command line; directory for files; where scripts lie
#   $where                 words that follow the command: --node HOST:PORT, or nothing
#   $native                what runs a program natively here: nothing, or an emulator
#   $at_once               --stop: the checkpoint destroys it, where storing takes so long that it would end meanwhile; or nothing
#   $patience              seconds until half the output has to be there
# Tells what failed in $failed (0 or 1).
failed=0
: >"$work/table"

command_run() { # COMMAND ARGS...
	command=$1
	shift
	# shellcheck disable=SC2086 # words
	"$rtcr" "$command" $where "$@"
}

say() { printf '  %s\n' "$*"; }

step_do() { # COMMAND...: shows it, runs it, keeps its answer in $work/answer
	printf '  $ rtcr %s\n' "$*"
	command_run "$@" </dev/null >"$work/answer" 2>"$work/errors" && return 0
	status=$?
	printf '  rtcr %s ended with %d:\n' "$1" "$status"
	sed 's/^/    /' "$work/errors"
	return 1
}

field() { jq -r "$1 // \"-\"" "$work/answer"; }

wait_half() { # NAME FILE: until the component has printed half the lines of FILE
	half=$(($(wc -l <"$2") / 2))
	tries=0
	while [ "$(command_run logs "$1" 2>/dev/null | wc -l)" -lt "$half" ]; do
		tries=$((tries + 1))
		[ $tries -lt $((patience * 10)) ] || return 1
		sleep 0.1
	done
}

story_tell() { # NAME SCRIPT PROGRAM ARGS...: fills the figures stop, size, back; status 1 on failure
	name=demo-$1
	script=$2
	shift 2
	step_do run -d --name "$name" --file "$script:/${script##*/}" -- "$@" || return 1
	wait_half "$name" "$work/native" || { say "$name printed too little in $patience s"; return 1; }
	# shellcheck disable=SC2086 # a word, or nothing
	step_do checkpoint --json $at_once "$name" || return 1
	stop=$(field .stop_us) size=$(field .image_bytes)
	[ -n "$at_once" ] || step_do kill "$name" || return 1
	say "killed after $(command_run logs "$name" | wc -l) of $(wc -l <"$work/native") lines"
	step_do restore --json "$name" || return 1
	back=$(field .restore_us)
	step_do wait "$name" || return 1
	command_run logs "$name" >"$work/restored" || return 1
	step_do rm "$name"
}

story_compare() { # NAME: one line of the table
	verdict=equal
	if ! cmp -s "$work/native" "$work/restored"; then
		verdict=DIFFERENT
		failed=1
		diff "$work/native" "$work/restored" | head -5 | sed 's/^/    /'
	fi
	printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$stop" "$size" "$back" "$verdict" >>"$work/table"
}

demo_run() { # NAME NATIVE-SCRIPT PROGRAM ARGS... with the script as /FILE in ARGS
	name_shown=$1 script_path=$2
	shift 2
	printf '\n%s\n' "$name_shown"
	stop=- size=- back=-
	: >"$work/native"
	: >"$work/restored"
	say "natively, for comparison: $name_shown ${script_path##*/}"
	# The component finds its script in the root of its file system, the native run in its directory.
	# shellcheck disable=SC2086 # words
	(cd "$scripts" && $native "$@" >"$work/native") || { say "the native run failed"; failed=1; return; }
	story_tell "$name_shown" "$script_path" "$@" || { failed=1; : >"$work/restored"; }
	story_compare "$name_shown"
}

# The table, and the verdict as exit status.
story_end() {
	printf '\n%-10s %14s %14s %14s   %s\n' program 'stopped (us)' 'image (KiB)' 'restored (us)' output
	while IFS='	' read -r name_shown stop size back verdict; do
		[ "$size" = - ] || size=$((size / 1024))
		printf '%-10s %14s %14s %14s   %s\n' "$name_shown" "$stop" "$size" "$back" "$verdict"
	done <"$work/table"
	[ "$failed" -eq 0 ] && echo "All outputs are equal to the native ones." || echo "demo: FAILED"
	exit "$failed"
}
