#!/bin/sh
# SPDX-License-Identifier: MIT
# services.sh BUILD: runs the system suite under init, with the servers and guests that it deals with. Status 0: all passed.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
. "$(dirname "$0")/node.sh"

node_make core init test/system/suite test/system/tiny test/system/guest test/system/echo \
	test/system/mortal test/system/instance
node_config <<'END'
start echo   ram=8M  caps=200  slots=2048
start mortal ram=8M caps=200  slots=2048
start guest  ram=4M  caps=200  slots=1024
start tiny   ram=1M  caps=40   slots=64
start suite  ram=64M caps=2000 slots=8192
template instance ram=8M caps=200 slots=1024
route ECHO echo
route MORTAL mortal
route SILENT suite
route ABSENT absent
route CHECKPOINT *
allow echo   ROM CPU LOG
allow mortal ROM CPU LOG
allow tiny   LOG
allow guest  ROM CPU LOG ECHO
allow suite  ROM CPU LOG TIMER RM ECHO MORTAL SILENT ABSENT LAUNCHER CHECKPOINT
allow *      ROM CPU LOG
END
node_start
node_await 200 "suite: ended with status" "guest: ended with status 0"
status=$?
node_stop
cat "$node/log"
grep -oE '[0-9]+ passed, [0-9]+ failed' "$node/log"
# tiny ends with a status that is no success: it is started again three times, then left alone.
[ "$(grep -cF 'tiny: ended with status 7' "$node/log")" -eq 4 ] || status=1
[ "$(grep -cF 'tiny: died too often, not started again' "$node/log")" -eq 1 ] || status=1
[ $status -eq 0 ] && grep -qF 'suite: ended with status 0' "$node/log"
