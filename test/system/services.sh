#!/bin/sh
# SPDX-License-Identifier: MIT
# services.sh BUILD: runs the system suite under init, with the servers and guests that it deals with. Status 0: all passed.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
. "$(dirname "$0")/node.sh"

node_make core init test/system/suite test/system/tiny test/system/guest test/system/echo \
	test/system/mortal test/system/instance
node_config <"$(dirname "$0")/services/config"
node_start
node_await 200 "suite: ended with status" "guest: ended with status 0"
status=$?
node_stop
cat "$node/log"
grep -oE '[0-9]+ passed, [0-9]+ failed' "$node/log"
# tiny ends with a status that is no success: it is started again three times, then after a rest.
[ "$(grep -cF 'tiny: ended with status 7' "$node/log")" -ge 4 ] || status=1
[ "$(grep -cF 'tiny: died too often, started again in 10 s' "$node/log")" -ge 1 ] || status=1
[ $status -eq 0 ] && grep -qF 'suite: ended with status 0' "$node/log"
