#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh [BUILD]: awk, Lua and SQLite, each run natively, then as a component that is checkpointed in
# the middle of its work, killed, and restored from its image; the outputs must be equal.
# Uses the documented command line only, on a node of its own that is gone afterwards. RTCR in the
# environment names it (default BUILD/bin/rtcr).
# Exit status: 0 all equal, 1 a difference or a failed step, 2 something is missing.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$root/build}" && pwd) || exit 2
rtcr=${RTCR:-$build/bin/rtcr}
scripts=$root/test/programs
busybox=$(command -v busybox) || { echo "demo: no busybox; try: make deps" >&2; exit 2; }
for tool in "$rtcr" "$build/programs/lua" "$build/programs/sqlite" jq; do
	command -v "$tool" >/dev/null || { echo "demo: no $tool; try: make deps all" >&2; exit 2; }
done
work=$(mktemp -d) || exit 2
# A node of its own, which ends with this: the user's is left alone.
RTCR_STATE=$work/state
export RTCR_STATE
trap '"$rtcr" node stop --force >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
where='' native='' at_once='' patience=60
# shellcheck source=tools/story.sh
. "$root/tools/story.sh"

echo "Three programs are run, checkpointed at half their output, killed, and restored."
demo_run awk "$scripts/work.awk" "$busybox" awk -f work.awk
demo_run lua "$scripts/work.lua" "$build/programs/lua" work.lua
demo_run sqlite "$scripts/work.sql" "$build/programs/sqlite" work.sql
story_end
