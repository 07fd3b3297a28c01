/* SPDX-License-Identifier: MIT */
/* Reads the monotonic clocks as often as it can. They never go back and never jump by more than a
 * bound, which a restore after a long time in the store would do. OPTION: bound in milliseconds. */
#include <time.h>

#include "test/checkpoint/subject.h"

SUBJECT(clock, "the monotonic clock continues: never back, no jump");

enum { READS = 2000, SECOND = 1000000000 };

static int64_t clock_now(clockid_t which)
{
	struct timespec now;

	subject_check(clock_gettime(which, &now) == 0, "clock %d", (int)which);
	subject_check(now.tv_nsec >= 0 && now.tv_nsec < SECOND, "clock %d: %ld ns", (int)which, now.tv_nsec);
	return now.tv_sec * (int64_t)SECOND + now.tv_nsec;
}

int main(int argc, char **argv)
{
	static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_MONOTONIC_COARSE};
	enum { CLOCKS = sizeof(clocks) / sizeof(clocks[0]) };
	unsigned long steps = subject_begin(argc, argv);
	int64_t bound = (argc > 2 ? strtol(argv[2], NULL, 10) : 5000) * 1000000LL;
	int64_t last[CLOCKS];
	uint64_t result = 0;

	for (int i = 0; i < CLOCKS; i++)
		last[i] = clock_now(clocks[i]);
	for (unsigned long step = 0; step < steps; step++) {
		for (int read = 0; read < READS; read++) {
			for (int i = 0; i < CLOCKS; i++) {
				int64_t now = clock_now(clocks[i]);

				subject_check(now >= last[i], "step %lu: clock %d went back by %lld ns", step,
					      (int)clocks[i], (long long)(last[i] - now));
				subject_check(now - last[i] <= bound, "step %lu: clock %d jumped by %lld ns", step,
					      (int)clocks[i], (long long)(now - last[i]));
				last[i] = now;
			}
		}
		result = subject_work(result, 50000);
	}
	return subject_finish(steps, result);
}
