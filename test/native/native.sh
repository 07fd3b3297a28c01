#!/bin/sh
# SPDX-License-Identifier: MIT
# native.sh BUILD CONFIG COMPONENT...: the native checkpoint tests on a node of this machine. Status 0: all passed.
set -u
[ $# -gt 2 ] || { echo "usage: $0 BUILD CONFIG COMPONENT..."; exit 2; }
build=$(cd "$1" && pwd) || exit 2
config=$2
shift 2
. "$(dirname "$0")/../system/node.sh"

NODE_MEMORY=2G
node_make "$@"
node_config <"$config"
node_start
node_await 250 "native: ended with status"
status=$?
node_stop
cat "$node/log"
grep -oE '[0-9]+ passed, [0-9]+ failed' "$node/log"
[ $status -eq 0 ] && grep -qF 'native: ended with status 0' "$node/log"
