#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD SECONDS TARGET...: runs each libFuzzer target that long, with a corpus in BUILD/corpus that is kept, and
# says how much was executed and covered. Status 1 if one failed; its input and output are in BUILD/corpus then.
build=$1 seconds=$2
shift 2
status=0
for target in "$@"; do
	corpus=$build/corpus/$target
	mkdir -p "$corpus"
	[ "$target" = image_reader ] && "$build/test/image_test" seed "$corpus/seed" >/dev/null
	[ "$target" = elf ] && cp "$build/component/core.elf" "$corpus/" 2>/dev/null
	if "$build/fuzz/$target" -max_total_time="$seconds" -max_len=4096 -artifact_prefix="$corpus-" "$corpus" \
		>"$corpus.log" 2>&1; then
		result=ok
	else
		result=FAILED
		status=1
	fi
	grep -a 'cov:' "$corpus.log" | tail -1 | sed -n \
		"s/^#\([0-9]*\).*cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/$result  $target: \1 executions, \2 edges, \3 features, \4 inputs kept/p"
done
exit $status
