# SPDX-License-Identifier: MIT
# Charts, to be sourced by bench.sh: each CSV as SVG and PNG by gnuplot. Medians with quartiles; a dash in the data is no point.

chart_commands() { # CHART: what to plot, for gnuplot
	csv=$out/$1.csv
	case $1 in
	stop | dataspaces)
		echo "set title 'Stop time of a checkpoint, strategy shared'; set logscale xy; set ylabel 'microseconds'"
		echo "set xlabel '$(if [ "$1" = stop ]; then echo 'memory, MiB'; else echo 'dataspaces of 1 MiB'; fi)'"
		echo "plot '$csv' using 1:4:5:6 with yerrorlines title 'checkpoint', '' using 1:8 with points title 'first checkpoint', \
			'' using 1:9:10:11 with yerrorlines title 'memcpy of the same bytes', '' using 1:13 with lines title 'limit'" ;;
	restore)
		echo "set title 'Restore until the first instruction'; set logscale xy; set ylabel 'microseconds'; set xlabel 'memory, MiB'"
		echo "plot '$csv' using 1:5:6:7 with yerrorlines title 'restore', '' using 1:8 with linespoints title 'by command', \
			'' using 1:9 with points title 'in a new node', \
			'' using 1:11:12:13 with yerrorlines title 'fill + populate + hash', '' using 1:14 with lines title 'limit'" ;;
	run)
		echo "set title 'Run time against native'; set ylabel 'ratio'; set yrange [0:*]; set style data histograms"
		echo "set style fill solid 0.5; plot '$csv' using 9:xtic(1) title 'component', '' using 13 title 'checkpointed at 1 Hz', \
			'' using 17 title 'at 10 Hz', 1.05 with lines title 'limit of the component'" ;;
	start)
		echo "set title 'busybox true'; set ylabel 'microseconds'; set yrange [0:*]; set boxwidth 0.5; set style fill solid 0.5"
		echo "plot '$csv' using 0:3:xtic(1) with boxes title 'median', '' using 0:3:4:5 with yerrorbars title 'quartiles'" ;;
	count)
		echo "set title 'Cost with many components'; set logscale xy; set ylabel 'microseconds'; set xlabel 'components that run'"
		echo "plot '$csv' using 1:2 with linespoints title 'start of another', '' using 1:3:4:5 with yerrorlines title 'ps', \
			'' using 1:6:7:8 with yerrorlines title 'stop time', '' using 1:9 with linespoints title 'checkpoint by command'" ;;
	peers)
		echo "set title 'Stop time, peers'; set logscale xy; set ylabel 'microseconds'; set xlabel 'memory, MiB'"
		echo "plot '$csv' using 1:2:3:4 with yerrorlines title 'CRIU', '' using 1:5:6:7 with yerrorlines title 'DMTCP', \
			'' using 1:8 with linespoints title 'RTCR'" ;;
	esac
}

chart_draw() { # CHART
	if [ "$1" = peers ] && ! cut -d, -f2- "$out/peers.csv" | tail -n +2 | grep -q '[0-9]'; then
		return 0 # nobody to show
	fi
	for kind in svg png; do
		{
			echo "set datafile separator ','; set datafile missing '-'; set key autotitle columnhead left top; set grid"
			echo "set terminal $kind size 900,600; set output '$out/$1.$kind'"
			chart_commands "$1"
		} | gnuplot 2>"$work/errors" && [ -s "$out/$1.$kind" ] || { progress "gnuplot: $(tail -2 "$work/errors")"; return 1; }
	done
}
