#!/bin/sh
# SPDX-License-Identifier: MIT
# store.sh BUILD: a store that is full, read-only, or gone, and content in it that is not needed any more. It lies on a small file system that a user may mount in a user
# namespace; where that is not allowed, the test says so and passes without having tried.
# Exit status: 0 each had its defined result, 1 something had not, 2 wrong use or something is missing.
set -u
if [ "${2:-}" != inside ]; then
	unshare -rm true 2>/dev/null || { echo "not tried: this user may have no user namespace"; echo "0 passed, 0 failed"; exit 0; }
	exec unshare -rm --propagation private "$(realpath "$0")" "${1:-build}" inside
fi
build=$(cd "$1" && pwd) || exit 2
# shellcheck source=test/faults/node.sh
. "$(dirname "$(realpath "$0")")/node.sh"

no_room() { # SIZE
	mkdir -p "$RTCR_STATE/store"
	mount -t tmpfs -o "size=$1" tmpfs "$RTCR_STATE/store" || { echo "not tried: no tmpfs"; exit 0; }
	expect 0 "$rtcr" node start --memory 2G
	count_run count 1500
	count_more count
}

room_take() { # all but half of what an image of count takes
	cat /dev/zero >"$RTCR_STATE/store/fill" 2>/dev/null
	truncate -s -$(($(wc -c <"$RTCR_STATE/store/count/00000001.image") / 2)) "$RTCR_STATE/store/fill"
}

full_test() {
	what="the disk is full"
	no_room 24m
	expect 0 "$rtcr" checkpoint count
	expect 0 "$rtcr" checkpoint count
	room_take
	expect 1 "$rtcr" checkpoint count
	says err 'no space left on the device'
	store_tidy
	expect 0 "$rtcr" ps
	says out '^count .*running'
	[ "$(generation_of count)" = 2 ] || fail "the newest checkpoint is $(generation_of count)"
	expect 0 "$rtcr" verify count@2
	expect 0 "$rtcr" rm count@1
	expect 0 "$rtcr" checkpoint count
	says out 'count@3'
	count_right count 1500
	expect 0 "$rtcr" restore count@2
	count_right count 1500
	expect 0 "$rtcr" rm count
	rm "$RTCR_STATE/store/fill"
}

read_only_test() {
	what="the store is read-only"
	count_run count 1500
	expect 0 "$rtcr" checkpoint count
	mount --options-mode ignore -o remount,ro "$RTCR_STATE/store"
	expect 1 "$rtcr" checkpoint count
	says err 'read-only file system'
	expect 0 "$rtcr" ps
	says out '^count .*running'
	expect 1 "$rtcr" rm count@1
	says err 'read-only file system'
	expect 0 "$rtcr" restore --force count@1
	count_right count 1500
	expect 0 "$rtcr" node stop --force
	what="a node starts on a store that is read-only"
	expect 0 "$rtcr" node start --memory 2G
	expect 0 "$rtcr" restore count
	count_right count 1500
	mount --options-mode ignore -o remount,rw "$RTCR_STATE/store"
	expect 0 "$rtcr" rm count
}

stop_test() { # with timers, which rest while it stands
	what="a checkpoint that was to stop it cannot be written"
	expect 0 "$rtcr" run -d --native --name sheep -- "$build/component/sheep.elf" 3000
	mount --options-mode ignore -o remount,ro "$RTCR_STATE/store"
	expect 1 "$rtcr" checkpoint --stop sheep
	says err 'read-only file system'
	mount --options-mode ignore -o remount,rw "$RTCR_STATE/store"
	expect 0 "$rtcr" checkpoint sheep
	mount --options-mode ignore -o remount,ro "$RTCR_STATE/store"
	expect 1 "$rtcr" checkpoint --stop sheep
	says err 'read-only file system'
	mount --options-mode ignore -o remount,rw "$RTCR_STATE/store"
	count_more sheep
	expect 0 "$rtcr" checkpoint --stop sheep
	expect 0 "$rtcr" restore sheep
	expect 0 "$rtcr" wait sheep
	expect 0 "$rtcr" rm sheep
}

gone_test() {
	what="the store's directory is removed"
	count_run count 1500
	expect 0 "$rtcr" checkpoint count
	rm -r "$RTCR_STATE/store/count" "$RTCR_STATE/store/content"
	expect 3 "$rtcr" restore --force count
	expect 0 "$rtcr" ps
	says out '^count .*running'
	expect 0 "$rtcr" checkpoint count
	count_right count 1500
	expect 0 "$rtcr" verify count
	expect 0 "$rtcr" restore count
	count_right count 1500
	expect 0 "$rtcr" rm count
}

contents() { ls "$RTCR_STATE/store/content" | wc -l; }

# Content lives as long as an image names it, or a program that was checkpointed runs; busybox is common to all.
content_test() {
	what="content that nobody names any more"
	until_true '[ "$(contents)" = 0 ]'
	count_run first 100000
	count_run second 200000
	expect 0 "$rtcr" checkpoint first
	expect 0 "$rtcr" checkpoint first
	expect 0 "$rtcr" checkpoint --stop second
	expect 0 "$rtcr" rm -f second
	expect 0 "$rtcr" rm first@1
	until_true '[ "$(contents)" = 4 ]'
	expect 0 "$rtcr" rm first@2
	sleep 1
	[ "$(contents)" = 4 ] || fail "a program that runs lost content that it was checkpointed with"
	expect 0 "$rtcr" checkpoint --stop first
	expect 0 "$rtcr" verify first
	what="content that nobody names while an image cannot be read, after the store died"
	: >"$RTCR_STATE/store/first/00000009.image"
	printf x >"$RTCR_STATE/store/content/0123456789abcdef0123456789abcdef"
	kill -KILL "$(server_process '*/store')"
	until_true 'grep -q "content stays, since checkpoint first@9" "$RTCR_STATE/node.log"'
	[ "$(contents)" = 5 ] || fail "content was removed"
	expect 0 "$rtcr" rm first@9
	until_true '[ "$(contents)" = 4 ]'
	what="the store is asked for the first time after it died"
	kill -KILL "$(server_process '*/store')"
	expect 0 "$rtcr" checkpoints first
	says out '^first *3 '
	expect 0 "$rtcr" restore first
	count_more first
	expect 0 "$rtcr" rm -f first
	until_true '[ "$(contents)" = 0 ]'
}

# Checkpoints of one component while others of the same program come and go.
content_race_test() {
	what="content is looked through while checkpoints are taken"
	count_run stays 1000000
	round=0
	while [ $round -lt 3 ]; do
		round=$((round + 1))
		count_run passes 1000
		expect 0 "$rtcr" checkpoint --stop passes
		"$rtcr" checkpoint stays >checkpointed 2>&1 &
		[ $round -ne 2 ] || kill -KILL "$(server_process '*/store')"
		expect 0 "$rtcr" rm passes
		wait
		until_true '"$rtcr" checkpoint stays'
		expect 0 "$rtcr" verify stays
		sleep 0.6
		expect 0 "$rtcr" verify stays
	done
	expect 0 "$rtcr" restore --force stays
	expect 0 "$rtcr" rm -f stays
	until_true '[ "$(contents)" = 0 ]'
}

# The same of the directory of terminals: who runs the program is told what became of its output, or input.
terminals_full_test() {
	what="the disk of the terminals is full"
	"$rtcr" node stop --force >/dev/null 2>&1
	mount -t tmpfs -o size=2m tmpfs "$RTCR_STATE/terminals"
	expect 0 "$rtcr" node start --memory 2G
	expect 125 "$rtcr" run -- busybox seq 1 1000000
	says err '^rtcr: busybox-.*: not all that it wrote could be kept: No space left on device'
	expect 0 "$rtcr" run -d --name writer -- busybox seq 1 1000000
	expect '1|255' "$rtcr" wait writer
	says err '^rtcr: writer: not all that it wrote could be kept: No space left on device'
	expect 1 "$rtcr" logs writer
	says err 'writer: not all'
	expect 0 "$rtcr" rm writer
	expect 0 "$rtcr" run -- busybox seq 1 1000
	seq 1 1000000 >input
	what="the input of a program cannot be kept"
	expect 125 sh -c '"$0" run -d --name reader -- busybox sleep 1000 <input' "$rtcr"
	says err 'reader: input cannot be kept'
	expect 3 "$rtcr" kill reader
	expect 125 sh -c '"$0" run --name reader -- busybox sleep 1000 <input' "$rtcr"
	says err 'reader: input cannot be kept'
	expect 0 "$rtcr" rm reader
	expect 0 "$rtcr" node stop
	umount "$RTCR_STATE/terminals"
	expect 0 "$rtcr" node start --memory 2G
}

full_test
terminals_full_test
content_test
content_race_test
read_only_test
stop_test
gone_test
"$rtcr" node stop --force >/dev/null 2>&1
umount -l "$RTCR_STATE/store"
faults_end
