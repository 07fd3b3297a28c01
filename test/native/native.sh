#!/bin/sh
# SPDX-License-Identifier: MIT
# native.sh BUILD: the native checkpoint tests on a node of this machine. Status 0: all passed.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
here=$(cd "$(dirname "$0")" && pwd) || exit 2
. "$here/../system/node.sh"

NODE_MEMORY=2G
node_make core init rtcr store_memory terminal_memory sheep echo_pair maps signals caps test/native/native
node_config <"$here/config"
node_start
node_await 250 "native: ended with status"
status=$?
node_stop
cat "$node/log"
grep -oE '[0-9]+ passed, [0-9]+ failed' "$node/log"
[ $status -eq 0 ] && grep -qF 'native: ended with status 0' "$node/log"
