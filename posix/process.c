/* SPDX-License-Identifier: MIT */
/* Calls about the process and the machine that need no more than an answer. */
#include <framework/memory.h>
#include <pd/session.h>

#include "posix/call.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003 };
enum { PR_SET_NAME = 15, PR_GET_NAME = 16 };
enum { RLIMIT_STACK = 3, RLIMIT_NOFILE = 7, RLIMITS = 16 };

static long call_arch_prctl(const uint64_t a[6])
{
	struct registers *registers = call_registers();

	switch (a[0]) {
	case ARCH_SET_FS:
		if (a[1] >= LIBRARY_LOW)
			return -EPERM;
		registers->fs_base = a[1];
		return 0;
	case ARCH_GET_FS: return user_write(a[1], &registers->fs_base, 8);
	case ARCH_SET_GS: call_unsupported("arch_prctl", "GS belongs to the kernel interface"); return -EPERM;
	default: return -EINVAL;
	}
}

static long call_one(const uint64_t a[6])
{
	(void)a;
	return 1;
}

static long call_zero(const uint64_t a[6])
{
	(void)a;
	return 0;
}

static long call_enosys(const uint64_t a[6])
{
	(void)a;
	return -ENOSYS;
}

static long call_uname(const uint64_t a[6])
{
	static const char fields[6][65] = {"Linux", "rtcr", "6.1.0", "#1 RTCR", "x86_64", "(none)"};

	return user_write(a[0], fields, sizeof fields);
}

static long call_getrandom(const uint64_t a[6])
{
	uint8_t part[256];

	if (a[2] & ~7ul)
		return -EINVAL;
	for (uint64_t done = 0; done < a[1];) {
		uint64_t size = a[1] - done < sizeof part ? a[1] - done : sizeof part;
		random_fill(part, size);
		if (user_write(a[0] + done, part, size))
			return done ? (long)done : -EFAULT;
		done += size;
	}
	return (long)a[1];
}

static long call_prctl(const uint64_t a[6])
{
	struct thread *self = thread_self();

	if (a[0] == PR_SET_NAME)
		return user_read(self->name, a[1], sizeof self->name - 1);
	if (a[0] == PR_GET_NAME)
		return user_write(a[1], self->name, sizeof self->name);
	return -EINVAL;
}

static long limit_write(uint64_t resource, addr_t to)
{
	uint64_t value[2] = {UINT64_MAX, UINT64_MAX};

	if (resource == RLIMIT_STACK)
		value[0] = 8 << 20;
	if (resource == RLIMIT_NOFILE)
		value[0] = value[1] = 1024;
	return user_write(to, value, sizeof value);
}

static long call_getrlimit(const uint64_t a[6])
{
	return a[0] < RLIMITS ? limit_write(a[0], a[1]) : -EINVAL;
}

static long call_prlimit(const uint64_t a[6])
{
	if (a[1] >= RLIMITS)
		return -EINVAL;
	return a[3] ? limit_write(a[1], a[3]) : 0;
}

static long call_getrusage(const uint64_t a[6])
{
	uint64_t usage[18] = {0}, now = clock_now();
	const int self = 0, children = -1, thread = 1;

	if ((int)a[0] != self && (int)a[0] != children && (int)a[0] != thread)
		return -EINVAL;
	if ((int)a[0] == children)
		now = 0;

	usage[0] = now / 1000000000;
	usage[1] = now % 1000000000 / 1000;
	return user_write(a[1], usage, sizeof usage);
}

static long call_sysinfo(const uint64_t a[6])
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply quota = {0};
	struct {
		int64_t uptime;
		uint64_t loads[3], total, free, shared, buffers, swap, swap_free;
		uint16_t processes, padding;
		uint64_t high, high_free;
		uint32_t unit;
	} info = {.processes = 1, .unit = 1};
	err_t ignored = pd_quota((ep_t){SLOT_PD}, &request, NULL, &quota, NULL);

	(void)ignored;
	info.uptime = (int64_t)(clock_now() / 1000000000);
	info.total = quota.ram_limit;
	info.free = quota.ram_limit - quota.ram_used;
	return user_write(a[0], &info, sizeof info);
}

/* 20 - the nice value. */
static long call_getpriority(const uint64_t a[6])
{
	return a[0] > 2 ? -EINVAL : 20;
}

static long call_getcpu(const uint64_t a[6])
{
	const uint32_t zero = 0;

	if ((a[0] && user_write(a[0], &zero, sizeof zero)) || (a[1] && user_write(a[1], &zero, sizeof zero)))
		return -EFAULT;
	return 0;
}

static long call_three_ids(const uint64_t a[6])
{
	const uint32_t zero = 0;

	for (int i = 0; i < 3; i++)
		if (user_write(a[i], &zero, sizeof zero))
			return -EFAULT;
	return 0;
}

static const struct call_entry entries[] = {
	{39, "getpid", call_one}, {63, "uname", call_uname}, {97, "getrlimit", call_getrlimit},
	{98, "getrusage", call_getrusage}, {99, "sysinfo", call_sysinfo}, {102, "getuid", call_zero},
	{104, "getgid", call_zero}, {105, "setuid", call_zero}, {106, "setgid", call_zero}, {107, "geteuid", call_zero},
	{108, "getegid", call_zero}, {109, "setpgid", call_zero}, {110, "getppid", call_zero}, {111, "getpgrp", call_one},
	{112, "setsid", call_one}, {115, "getgroups", call_zero}, {116, "setgroups", call_zero},
	{118, "getresuid", call_three_ids}, {120, "getresgid", call_three_ids}, {121, "getpgid", call_one},
	{124, "getsid", call_one}, {140, "getpriority", call_getpriority}, {141, "setpriority", call_zero},
	{145, "sched_getscheduler", call_zero}, {157, "prctl", call_prctl}, {158, "arch_prctl", call_arch_prctl},
	{160, "setrlimit", call_zero}, {302, "prlimit64", call_prlimit}, {309, "getcpu", call_getcpu},
	{318, "getrandom", call_getrandom}, {334, "rseq", call_enosys}, {324, "membarrier", call_enosys},
};
const struct call_table process_calls = {entries, sizeof entries / sizeof *entries};
