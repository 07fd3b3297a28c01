# What a shell does without another process: functions, loops, files, traps.
count() {
	total=0
	while read -r number rest; do
		total=$((total + number))
	done <"$1"
	echo "$1: $total ($rest)"
}
i=0
while [ $i -lt 50 ]; do
	echo "$i line $i" >>numbers.out
	i=$((i + 1))
done
count numbers.out
for name in numbers.out absent "$@"; do
	if [ -f "$name" ]; then echo "file $name"; else echo "no file $name"; fi
done
trap 'echo leaving' EXIT
exec 4>four
echo "to four" >&4
exec 4>&-
read -r line <four
echo "from four: $line"
IFS=:
set -- a:b:c
for part in $1; do echo "part $part"; done
exit 7
