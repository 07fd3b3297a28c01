#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh [--quick] [-c "CHART..."] [-o DIR] [BUILD]: measures with a node of its own, as the user who calls it; see
# docs/evaluation.md. DIR (default BUILD/bench) gets a CSV, an SVG and a PNG per chart, targets.csv and summary.json.
# Charts: stop dataspaces restore run start count lines peers. --quick takes few sizes and repeats: it shows that all
# works, its figures mean nothing. BENCH_NODE_MEMORY sets the memory of the node (default: half of the machine's).
# Exit status: 0 measured, whatever the figures say; 1 something could not be measured; 2 wrong use, something is missing.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
charts="stop dataspaces restore run start count lines peers"
quick= out=
while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=1 ;;
	-c) charts=${2:-} && shift ;;
	-o) out=${2:-} && shift ;;
	-*) sed -n '3,7p' "$0" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
build=$(cd "${1:-$root/build}" && pwd) || exit 2
out=${out:-$build/bench}
rtcr=$build/bin/rtcr
load=$build/bench-load
busybox=$(command -v busybox) || busybox=busybox
for tool in "$rtcr" "$load/memory" "$busybox" jq gnuplot readelf; do
	command -v "$tool" >/dev/null || { echo "bench: no $tool; try: make deps all" >&2; exit 2; }
done
for chart in $charts; do
	case " stop dataspaces restore run start count lines peers " in
	*" $chart "*) ;;
	*) echo "bench: no chart $chart" >&2; exit 2 ;;
	esac
done
mkdir -p "$out/raw" && out=$(cd "$out" && pwd) || exit 2

for part in figures node stop restore run count lines peers draw; do
	. "$here/$part.sh"
done

work=$(mktemp -d "$out/work.XXXXXX") || exit 2
failed=0
bench_end() {
	node_stop
	rm -rf "$work"
}
trap bench_end EXIT
trap 'exit 1' INT TERM

rm -f "$out"/targets.csv "$out"/notes.txt "$out"/charts.txt
for chart in $charts; do
	rm -f "$out/$chart".csv "$out/raw/$chart".csv "$out/$chart".svg "$out/$chart".png
done
echo "name,limit,measured,unit,ratio,verdict" >"$out/targets.csv"
: >"$out/notes.txt"
load_before=$(cut -d' ' -f1-3 /proc/loadavg)
node_start || exit 1
case " $charts " in *" stop "* | *" dataspaces "*) floor_measure ;; esac
for chart in $charts; do
	progress "$chart"
	"chart_$chart" || { note "$chart: not measured to the end"; failed=1; }
	[ ! -s "$out/$chart.csv" ] || [ "$chart" = lines ] || chart_draw "$chart" || { note "$chart: not drawn"; failed=1; }
done
node_stop
summary_write || failed=1
table_print
exit $failed
