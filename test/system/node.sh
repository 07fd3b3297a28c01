# SPDX-License-Identifier: MIT
# A node of its own for a system test, to be sourced. $build: the folder of what was built.
#   node_make NAME...     a new $node with these component programs of $build/component; its configuration: node_config
#   node_start            starts it; its log is $node/log
#   node_await SECONDS TEXT...   waits until the log holds a line with each text
#   node_stop             ends it
node=
node_pid=

node_make() {
	node=$(mktemp -d) || exit 2
	mkdir "$node/modules" "$node/store" "$node/terminals"
	: >"$node/log"
	for program in "$@"; do
		cp "$build/component/$program.elf" "$node/modules/" || exit 2
	done
}

node_config() { cat >"$node/modules/config"; }

node_start() {
	"$build/bin/rtcr-node" -m "$node/modules" -M "${NODE_MEMORY:-1G}" -S "$node/store" -t "$node/terminals" \
		-l "$node/log" &
	node_pid=$!
}

node_await() { # SECONDS TEXT...
	ticks=$(($1 * 10))
	shift
	while [ $ticks -gt 0 ] && kill -0 "$node_pid" 2>/dev/null; do
		missing=
		for text in "$@"; do
			grep -qF -- "$text" "$node/log" || missing=$text
		done
		[ -n "$missing" ] || return 0
		sleep 0.1
		ticks=$((ticks - 1))
	done
	echo "the log has no line with: $missing"
	return 1
}

node_stop() {
	[ -z "$node_pid" ] || kill "$node_pid" 2>/dev/null
	[ -z "$node_pid" ] || wait "$node_pid" 2>/dev/null
	node_pid=
}

node_remove() {
	node_stop
	[ -z "$node" ] || rm -rf "$node"
	node=
}
trap node_remove EXIT
trap 'exit 1' INT TERM
