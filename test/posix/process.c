/* SPDX-License-Identifier: MIT */
/* Answers about process, machine and time; what must be refused is refused the same way. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "show.h"

enum { HALF = sizeof(long) * 4 };     /* bits of half an address */

static void clocks(void)
{
	const clockid_t all[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
	                         CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME};
	struct timespec first, second, span = {0, 5000000}, wrong = {0, 1000000000};
	struct timeval day;
	struct tms ticks;

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		SHOW(clock_gettime(all[i], &first));
		SHOW(clock_gettime(all[i], &second));
		HOLDS(second.tv_sec > first.tv_sec || (second.tv_sec == first.tv_sec && second.tv_nsec >= first.tv_nsec));
	}
	SHOW(clock_gettime(77, &first));
	SHOW(clock_getres(CLOCK_MONOTONIC, &first));
	SHOW(first.tv_sec * 1000 + first.tv_nsec);
	SHOW(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 8));
	SHOW(nanosleep(&span, NULL));
	SHOW(nanosleep(&wrong, NULL));
	SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &first, NULL));
	SHOW(clock_nanosleep(CLOCK_REALTIME, 0, &span, NULL));
	SHOW(clock_nanosleep(77, 0, &span, NULL));
	SHOW(gettimeofday(&day, NULL));
	HOLDS(day.tv_sec - time(NULL) < 2);
	HOLDS(times(&ticks) != -1);
}

/* Processor time grows with work, not with sleep. */
static void processor_time(void)
{
	struct timespec start, slept, worked, span = {0, 100000000};
	volatile long long sum = 0;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	nanosleep(&span, NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &slept);
	for (long i = 0; i < 50000000; i++)
		sum = sum + i;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &worked);
	HOLDS(sum > 0);
	HOLDS((worked.tv_sec - slept.tv_sec) * 1000000000 + worked.tv_nsec - slept.tv_nsec > 1000000);
}

static void limits(void)
{
	struct rlimit limit;
	struct rusage usage;
	struct utsname names;
	struct sysinfo info;
	cpu_set_t set;
	char name[16];
	unsigned char random[300] = {0};

	SHOW(getrlimit(RLIMIT_STACK, &limit));
	SHOW(getrlimit(77, &limit));
	SHOW(getrusage(RUSAGE_SELF, &usage));
	SHOW(getrusage(77, &usage));
	SHOW(uname(&names));
	HOLDS(strcmp(names.sysname, "Linux") == 0 && names.machine[0]);
	SHOW(sysinfo(&info));
	HOLDS(info.totalram > 0 && info.mem_unit > 0);
	HOLDS(sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) >= 1);
	SHOW(sched_getaffinity(0, 1, &set));
	SHOW(prctl(PR_SET_NAME, "a-name-that-is-too-long"));
	SHOW(prctl(PR_GET_NAME, name));
	puts(name);
	SHOW(prctl(7777));
	SHOW(getrandom(random, sizeof random, 0));
	SHOW(random[100] | random[200] | random[299] ? 1 : 0);
	SHOW(getrandom(random, 10, 0xff00));
	SHOW(syscall(SYS_getrandom, 8, 100, 0));
	HOLDS(getppid() != getpid() && getuid() == geteuid());
	HOLDS(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_RANDOM) && getauxval(AT_PHDR));
	HOLDS(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
	SHOW(getpriority(PRIO_PROCESS, 0));
	SHOW(syscall(SYS_wait4, -1, NULL, 0, NULL));
	SHOW(sched_yield());
	SHOW(syscall(5000));
	HOLDS(getenv("HOME") && strcmp(getenv("HOME"), "/") == 0);
}

/* Nothing in the text of an error depends on where it ran. */
static void wrong_pointers(void)
{
	static const int calls[] = {SYS_read,      SYS_open,    SYS_pipe,     SYS_nanosleep, SYS_uname,   SYS_getcwd,   SYS_chdir,     SYS_rename, SYS_mkdir,
	                            SYS_rmdir,     SYS_creat,   SYS_link,     SYS_unlink,    SYS_access, SYS_chmod,
	                            SYS_truncate,  SYS_sysinfo, SYS_times,    SYS_sigaltstack};
	const long wrong[] = {8, 4096, -4096, -1, (long)0x7ffffffff000, 0x5000l << HALF, 0x6000l << HALF};
	struct stat status;
	const int zeroes = open("/dev/zero", O_RDWR);

	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)
		for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++) {
			errno = 0;
			long second = calls[i] == SYS_access ? 0 : wrong[k] > 4096 ? wrong[k] : 100;
			long result = calls[i] == SYS_read ? syscall(SYS_read, zeroes, wrong[k], 100)
			                                     : syscall(calls[i], wrong[k], second, 0);
			if (result != -1 || errno != EFAULT)
				printf("call %d, pointer %lx: %ld, error %d\n", calls[i], (unsigned long)wrong[k], result, errno);
		}
	for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++)
		HOLDS(stat((const char *)wrong[k], &status) == -1 && errno == EFAULT && lstat((const char *)wrong[k], &status) == -1 &&
		      errno == EFAULT);
}

static int finished;

static void at_end(void)
{
	printf("leaving %d\n", finished);
}

int main(int argc, char **argv)
{
	HOLDS(argc == 1 && argv[1] == NULL);
	atexit(at_end);
	clocks();
	processor_time();
	limits();
	wrong_pointers();
	finished = 1;
	exit(300);
}
