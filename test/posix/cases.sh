# SPDX-License-Identifier: MIT
# What is compared, to be sourced: programs with their arguments, input and files. Whoever sources this defines
#   same PROGRAM ARGUMENT...   with $input as standard input and $files, names in $work, in the program's root
#   works_make                 work.lua, work.sql and work.awk in $work
# and sets $here, this folder; $busybox; $build, where programs, posix and checkpoint are; $work, a folder for data.
files=
input=/dev/null

program_name() { # PATH: what a program is called on every kernel
	case $1 in
	*/posix/*) echo "call-${1##*/}" ;;
	*/checkpoint/*) echo "subject-${1##*/}" ;;
	*) echo "${1##*/}" ;;
	esac
}

case_name() { # INPUT FILES NAME ARGUMENT...: what a case is called; how much some have to do is not the same everywhere
	from=$1 with=$2 called=$3
	shift 3
	case $called in
	subject-* | uv | event) set -- ;;
	esac
	printf '%s, input %s, files %s\n' "$called${*:+ $*}" "$from" "$with"
}

box() { same "$busybox" "$@"; }

data_make() { # deterministic: text, numbers, bytes; compressed each way
	seq 1 ${LINES_MADE:-20000} | awk '{ print $1, $1 * 7919 % 10007, "word" $1 % 13 }' >"$work/text"
	awk 'BEGIN { for (i = 0; i < 3000; i++) print i * 7919 % 3001 }' >"$work/numbers"
	"$busybox" gzip -c "$build/programs/lua" | head -c 300000 >"$work/bytes"
	seq 1 $((${STEPS:-40} * 20)) >"$work/sequence"
	gzip -c "$work/text" >"$work/text.gz"
	"$busybox" bzip2 -c "$work/text" >"$work/text.bz2"
	xz -c "$work/text" >"$work/text.xz" 2>/dev/null || cp "$work/text" "$work/text.xz"
	(cd "$work" && tar cf archive.tar text numbers bytes)
	: >"$work/empty"
	printf '2^200\nscale=20\n1/7\n' >"$work/sums"
	cp "$here/script.sh" "$work/script"
	cp "$here/files.lua" "$here/locks.sql" "$work/"
}

streams_compare() { # from standard input to standard output
	input=$work/text
	box cat
	box awk '{ s += $2; w[$3]++ } END { for (k in w) n++; print s, n, NR, sin(1), exp(2) }'
	box awk -F'word' '{ c[$2] += length($1) } END { for (i = 0; i < 13; i++) printf "%d %d\n", i, c[i] }'
	for sum in md5sum sha1sum sha256sum sha512sum cksum; do box $sum; done
	box sort -n -k2; box sort -r -k3 -k1n; box sort -u -k3,3
	box gzip -c; box bzip2 -c; box sed -n 's/word\([0-9]*\)/<\1>/;/<7>/p'
	box grep -c word1; box grep -v -n word; box grep -E '^(1|2)0+ '; box grep absent
	box wc; box wc -l; box cut -d' ' -f1,3; box cut -c2-5; box tr a-z A-Z; box tr -d '0-9'
	box head -n 5; box head -c 1000; box tail -n 3; box tail -c 100; box tail -n +19990
	box od -c; box od -An -tx1; box hexdump -C; box uniq -f2; box tac; box rev; box nl; box fold -w 30
	box base64; box cksum; box paste - - -; box expand; box tee tmp/copy; box dd bs=1000 count=7
	box uuencode name; box strings; box split -l 100 - part; box comm - /text
	input=$work/text.gz box gunzip -c
	input=$work/text.bz2 box bunzip2 -c
	input=$work/text.xz box xz -dc
	input=$work/archive.tar box tar tvf -
	input=$work/archive.tar box tar xOf - numbers
	input=$work/numbers box sort -n
	input=$work/bytes box sha256sum
	input=$work/bytes box gzip -c
	input=/dev/null
}

files_compare() { # on RAM files
	files="text numbers bytes text.gz text.bz2 text.xz archive.tar empty"
	box cat text numbers; box sha256sum text numbers bytes empty; box wc text numbers empty
	box sort -n numbers -o numbers; box sort numbers text; box grep -c 1 text numbers
	box gunzip text.gz; box gunzip -c text.gz; box bunzip2 -c text.bz2; box xz -dc text.xz; box gzip -c text
	box sed -i s/word/WORD/ text; box awk 'NR == FNR { s[$1]; next } $1 in s { n++ } END { print n }' numbers text
	box cp text copy; box cp -v text copy; box mv -v text moved; box rm -v text; box rm absent; box rm -rf .
	box mkdir -p a/b/c; box mkdir text; box rmdir absent; box rmdir tmp; box ln -s text link; box ln text hard
	box touch new; box chmod -v 600 text; box stat -c '%n %s %a %F %h' text numbers; box test -f text
	box test -d text; box test -s empty; box cmp text numbers; box cmp text text; box diff text text
	box ls text numbers empty; box ls absent; box ls -1 text bytes; box find text numbers -size +10
	box du -b text; box tail -n 2 text numbers; box head -n 2 text numbers;
	box tar xvf archive.tar; box tar tf archive.tar; box cpio -t; box dd if=text of=out bs=512 skip=3
	box od -tx2 -N 64 bytes; box md5sum -c empty; box truncate -s 100 text
	box basename /a/b.c .c; box dirname /a/b; box split -b 10000 bytes; box shuf -e a
	box unlink text; box install -m 600 text installed; box mktemp -u tmp/aXXXXXX -q --bad; box sync
	box cat absent; box cat /; box cat /dev/null; box head -c 100 /dev/zero; box dd if=/dev/zero of=f bs=1k count=3
	box cp text /dev/stdout; box cat /dev/stdin; box sed p /dev/fd/absent; box tee /dev/null
	files=
}

answers_compare() { # no input
	box true; box false; box echo a b c; box printf '%5d|%-5s|%x\n' 42 ab 255; box expr 6 \* 7; box expr 1 = 2
	box seq 1 7 100; box seq 5 -1 1; box factor 1234567890 97 1000000007; box sleep 0.2; box date -d @86400 -u
	box date -u -d '2020-02-29 12:00' +%s; box cal 2 2024; box dc 2 3 + p; box basename x; box uname -s
	box uname -m; box pwd -bad; box env -u HOME; box printenv HOME; box usleep 1000; box test 1 -lt 2
	box absent-applet; box timeout --bad; box tty; box ipcalc 10.0.0.1/24; box ascii; box bc --bad
	input=$work/sums box bc; input=$work/sums box dc
}

shell_compare() { # what needs no fork
	files=script
	box sh -c 'i=0; s=0; while [ $i -lt 2000 ]; do s=$((s + i * i)); i=$((i + 1)); done; echo $s'
	box sh -c 'f() { echo "$#" "$1"; return 3; }; f a b; echo $?; trap "echo end" EXIT; exit 4'
	box sh -c 'for w in x y z; do case $w in y) echo why;; *) echo "$w";; esac; done; printf "%03d\n" 7'
	box sh -c 'echo one >f; echo two >>f; while read -r l; do echo "<$l>"; done <f; test -s f && echo there'
	box sh -c 'cd tmp; echo x >a; echo y >b; echo *; cd ..; pwd >/dev/null; echo tmp/*; exec 3<tmp/a; read v <&3; echo $v'
	box sh -c 'set -- 3 1 2; echo "$@" ${1%3} ${#}; v=abcdef; echo ${v#abc} ${v%def} ${#v}; echo ${u:-none}'
	box sh -c 'trap "echo got" USR1; kill -USR1 $$; echo after; kill -TERM $$; echo never'
	box sh script a b
	input=$work/script box sh
	box sh -c 'type cd; ulimit -n >/dev/null; umask; umask 077; umask; eval "echo eval"; set -e; false; echo no'
	files=
}

programs_compare() {
	works_make
	files="work.lua work.sql work.awk files.lua locks.sql"
	same "$build/programs/lua" work.lua
	same "$build/programs/lua" files.lua
	same "$build/programs/lua" absent.lua
	same "$build/programs/sqlite" work.sql
	same "$build/programs/sqlite" work.sql base.db
	same "$build/programs/sqlite" locks.sql base.db
	same "$busybox" awk -f work.awk
	same "$build/programs/uv" "${LOOPS:-20}"
	same "$build/programs/event" "${LOOPS:-20}"
	input=$work/work.sql same "$build/programs/sqlite" -
	files=
}

subjects_compare() { # SUBJECT...: all, if none is named
	[ $# -gt 0 ] || set -- "$build"/checkpoint/*
	input=$work/sequence
	for subject in "$@"; do same "$build/checkpoint/${subject##*/}" "${STEPS:-40}"; done
	input=/dev/null
}

calls_compare() {
	for check in "$build"/posix/*; do same "$check"; done
}
