#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh IMAGE: boots the tests of several cores on an emulated board, and checks what its schedulers did. Exit status
# 0 if every test passed and the record holds, 1 if not, 2 if something is missing.
set -u
here=$(dirname "$0")
. "$here/../emulator.sh"
emulator_run "$1" 250
status=$?
grep -v '^trace ' "$log"
[ $status -eq 0 ] && grep -q '^end of suite$' "$log" && grep -Eq '^[0-9]+ passed, 0 failed$' "$log" || exit 1
python3 "$here/check.py" "$log" || exit 1

# The checker sees when a core runs somebody who is not ready.
sed '0,/ runs /s/ runs [0-9a-f]*/ runs ffffffff/' "$log" >"$log.wrong"
python3 "$here/check.py" "$log.wrong" >/dev/null
status=$?
rm -f "$log.wrong"
[ $status -eq 1 ] || { echo "the checker did not see a wrong record"; exit 1; }
