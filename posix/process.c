/* SPDX-License-Identifier: MIT */
/* Calls about the process and the machine that need no more than an answer. */
#include <framework/format.h>
#include <framework/memory.h>
#include <pd/session.h>

#include "posix/errno.h"
#include "posix/file.h"
#include "posix/handlers.h"
#include "posix/processor.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { PR_SET_NAME = 15, PR_GET_NAME = 16 };
enum { RLIMIT_STACK = 3, RLIMIT_NOFILE = 7, RLIMITS = 16 };

long call_one(const uint64_t a[6])
{
	(void)a;
	return 1;
}

long call_zero(const uint64_t a[6])
{
	(void)a;
	return 0;
}

long call_enosys(const uint64_t a[6])
{
	(void)a;
	return -ENOSYS;
}

long call_uname(const uint64_t a[6])
{
	char fields[6][65] = {"Linux", "rtcr", "6.1.0", "#1 RTCR", "", "(none)"};

	text_copy(fields[4], sizeof fields[4], processor_machine);
	return user_write(a[0], fields, sizeof fields);
}

long call_getrandom(const uint64_t a[6])
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

long call_prctl(const uint64_t a[6])
{
	struct thread *self = thread_self();

	if (a[0] == PR_SET_NAME)
		return user_read(self->name, a[1], sizeof self->name - 1);
	if (a[0] == PR_GET_NAME)
		return user_write(a[1], self->name, sizeof self->name);
	return -EINVAL;
}

static void limit_get(uint64_t resource, uint64_t value[2])
{
	value[0] = resource == RLIMIT_STACK ? 8 << 20 : resource == RLIMIT_NOFILE ? 1024 : UINT64_MAX;
	value[1] = resource == RLIMIT_NOFILE ? 1024 : UINT64_MAX;
}

long call_getrlimit(const uint64_t a[6])
{
	uint64_t value[2];

	if (a[0] >= RLIMITS)
		return -EINVAL;
	limit_get(a[0], value);
	const unsigned long shown[2] = {(unsigned long)value[0], (unsigned long)value[1]};
	return user_write(a[1], shown, sizeof shown);
}

long call_prlimit(const uint64_t a[6])
{
	uint64_t value[2];

	if (a[1] >= RLIMITS)
		return -EINVAL;
	limit_get(a[1], value);
	return a[3] ? user_write(a[3], value, sizeof value) : 0;
}

long call_getrusage(const uint64_t a[6])
{
	uint64_t now = clock_now();
	unsigned long usage[18] = {0};
	const int self = 0, children = -1, thread = 1;

	if ((int)a[0] != self && (int)a[0] != children && (int)a[0] != thread)
		return -EINVAL;
	if ((int)a[0] == children)
		now = 0;

	usage[0] = (unsigned long)(now / 1000000000);
	usage[1] = (unsigned long)(now % 1000000000 / 1000);
	return user_write(a[1], usage, sizeof usage);
}

long call_sysinfo(const uint64_t a[6])
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply quota = {0};
	struct {
		long uptime;
		unsigned long loads[3], total, free, shared, buffers, swap, swap_free;
		uint16_t processes, padding;
		unsigned long high, high_free;
		uint32_t unit;
	} info = {.processes = 1, .unit = 1};
	err_t ignored = pd_quota((ep_t){SLOT_PD}, &request, NULL, &quota, NULL);

	(void)ignored;
	info.uptime = (long)(clock_now() / 1000000000);
	info.total = (unsigned long)quota.ram_limit;
	info.free = (unsigned long)(quota.ram_limit - quota.ram_used);
	return user_write(a[0], &info, sizeof info);
}

/* 20 - the nice value. */
long call_getpriority(const uint64_t a[6])
{
	return a[0] > 2 ? -EINVAL : 20;
}

long call_getcpu(const uint64_t a[6])
{
	const uint32_t zero = 0;

	if ((a[0] && user_write(a[0], &zero, sizeof zero)) || (a[1] && user_write(a[1], &zero, sizeof zero)))
		return -EFAULT;
	return 0;
}

long call_three_ids(const uint64_t a[6])
{
	const uint32_t zero = 0;

	for (int i = 0; i < 3; i++)
		if (user_write(a[i], &zero, sizeof zero))
			return -EFAULT;
	return 0;
}
