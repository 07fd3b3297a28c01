# SPDX-License-Identifier: MIT
# About three seconds of arrays, strings and numbers in sixty rounds; each prints a line that
# depends on all rounds before it. No input is read. -v rounds=N may be given.
function random(limit) {
	state = (state * 16807) % 2147483647
	return state % limit
}
BEGIN {
	state = 1
	if (!rounds) rounds = 60
	for (round = 1; round <= rounds; round++) {
		for (i = 0; i < 25000; i++) {
			key = sprintf("k%04x", random(4096))
			count[key]++
			chain[key] = substr(chain[key] sprintf("%c", 97 + random(26)), 1, 40)
		}
		sum = 0
		length_all = 0
		for (key in count) {
			sum += count[key] * count[key]
			length_all += length(chain[key])
		}
		series = 0
		for (i = 1; i < 30000; i++) series += (i + round) / (i * i)
		printf "round %2d: sum %d length %d series %.9f state %d\n", round, sum, length_all, series, state
		fflush()
	}
}
