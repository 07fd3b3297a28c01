#!/bin/sh
# SPDX-License-Identifier: MIT
# image.sh BUILD [TIMES]: images that are damaged (TIMES (12) at random places, and each way there is), come from another machine,
# or need what is not there: refused with the reason, and what runs goes on.
# Exit status: 0 each had its defined result, 1 something had not, 2 wrong use or something is missing.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
times=${2:-12}
# shellcheck source=test/faults/node.sh
. "$(dirname "$(realpath "$0")")/node.sh"
store=$RTCR_STATE/store/count

refused() { # PATTERN: while another generation of it runs
	expect 1 "$rtcr" restore --force count@2
	says err "$1"
	[ "$(state_of count)" = running ] || fail "ps says $(state_of count)"
}

damaged() { # by inspect or verify at the least, and the restore says so too
	expect 1 "$rtcr" verify count@2
	says err 'at byte [0-9]'
	refused .
}

random_number() { # BELOW
	od -An -N4 -tu4 /dev/urandom | awk -v below="$1" '{ print $1 % below }'
}

byte_flip() { # FILE OFFSET
	old=$(od -An -j "$2" -N1 -tu1 "$1")
	# shellcheck disable=SC2059 # the byte is an escape
	printf "\\$(printf %o $((old ^ 4)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

damage_test() {
	size=$(stat -c %s whole)
	round=0
	while [ $round -lt "$times" ]; do
		round=$((round + 1))
		what="a byte of the image is another ($round)"
		cp whole "$store/00000002.image"
		byte_flip "$store/00000002.image" "$(random_number "$size")"
		damaged
		what="the image is cut short ($round)"
		head -c "$(random_number "$size")" whole >"$store/00000002.image"
		damaged
	done
	what="damage in the records"
	cp whole "$store/00000002.image"
	byte_flip "$store/00000002.image" 400
	refused 'not usable.*at byte.*an older one is count@1'
	what="an empty image"
	: >"$store/00000002.image"
	refused 'at byte'
	what="no image"
	seq 1 100000 >"$store/00000002.image"
	refused 'at byte'
	what="an image of another generation"
	cp "$store/00000001.image" "$store/00000002.image"
	refused 'another checkpoint'
	what="an image of another component"
	"$rtcr" checkpoint count >/dev/null
	cp "$RTCR_STATE/store/other/00000001.image" "$store/00000001.image"
	expect 1 "$rtcr" restore --force count@1
	says err 'of another component'
}

forged() { # PATTERN EDIT...
	pattern=$1
	shift
	what="another machine or version: $*"
	"$build/bin/forge" "$@" <whole >"$store/00000002.image" || { fail "not forged"; return; }
	expect '0|1' "$rtcr" verify count@2
	refused "$pattern"
}

machine_test() {
	forged 'another architecture' architecture kernel
	what="an image of another architecture can be read here all the same"
	expect 0 "$rtcr" verify count@2
	expect 0 "$rtcr" inspect count@2
	says out armv7
	forged 'another kernel' kernel
	forged 'lacks instructions' feature
	forged 'saves other registers' registers
	forged 'not usable' mandatory
	forged 'lacks the content of' content
	what="several things are missing: all are said"
	: >"$RTCR_STATE/node.log"
	forged . registers content
	says "$RTCR_STATE/node.log" 'saves other registers'
	says "$RTCR_STATE/node.log" 'lacks the content of program'
	says "$RTCR_STATE/node.log" 'lacks the content of index'
	says "$RTCR_STATE/node.log" 'things are missing'
	what="a record that may be skipped"
	"$build/bin/forge" optional <whole >"$store/00000002.image"
	expect 0 "$rtcr" verify count@2
	expect 0 "$rtcr" restore --force count@2
	count_more count
}

content_test() {
	what="content is missing in the store"
	cp whole "$store/00000002.image"
	mv "$RTCR_STATE/store/content" away
	refused 'lacks the content of'
	mv away "$RTCR_STATE/store/content"
	what="content is damaged in the store"
	file=$RTCR_STATE/store/content/$(ls -S "$RTCR_STATE/store/content" | head -1)
	cp "$file" kept
	byte_flip "$file" 5000
	expect 1 "$rtcr" verify count@2
	says err 'damaged'
	expect 1 "$rtcr" restore --force count@2
	says err 'damaged'
	[ "$(state_of count)" = running ] || fail "a program that ran was destroyed"
	what="damaged content is written again by the next checkpoint that needs it"
	expect 0 "$rtcr" checkpoint count
	if cmp -s kept "$file"; then pass; else fail "it was not"; fi
	expect 0 "$rtcr" verify count@2
	printf '' >"$file"
	expect 0 "$rtcr" checkpoint count
	if cmp -s kept "$file"; then pass; else fail "it was not, when it was empty"; fi
	expect 0 "$rtcr" restore --force count@2
	count_more count
}

# A node that is too small takes nothing that it cannot hold, and what is stored stays.
memory_test() {
	what="the node is too small"
	expect 0 "$rtcr" run -d --memory 400M --name big -- busybox awk 'BEGIN { for (;;) { print ++n; fflush() } }'
	count_more big
	expect 0 "$rtcr" checkpoint --stop big
	expect 0 "$rtcr" node stop --force
	expect 0 "$rtcr" node start --memory 512M
	expect 1 "$rtcr" restore big
	says err 'not enough memory'
	[ "$(state_of big)" = killed ] || fail "ps says $(state_of big)"
	expect 0 "$rtcr" verify big
	expect 0 "$rtcr" restore count
	count_more count
	expect 0 "$rtcr" node stop --force
	expect 0 "$rtcr" node start --memory 2G
	expect 0 "$rtcr" restore big
	count_more big
	expect 0 "$rtcr" kill big
}

expect 0 "$rtcr" node start --memory 2G
count_run other 10
expect 0 "$rtcr" rm -f other
count_run other 100000
expect 0 "$rtcr" checkpoint --stop other
count_run count 1000000
expect 0 "$rtcr" checkpoint count
count_more count
expect 0 "$rtcr" checkpoint count
cp "$store/00000002.image" whole
machine_test
content_test
damage_test
expect 0 "$rtcr" kill count
count_whole count
expect 0 "$rtcr" restore count
expect 0 "$rtcr" checkpoint --stop count
memory_test
faults_end
