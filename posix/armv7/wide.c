/* SPDX-License-Identifier: MIT */
/*
 * Calls that ARM has in a form of its own: a 64-bit argument takes two registers, the first of them even (EABI); private
 * calls; and what is not as wide as elsewhere.
 */
#include <framework/memory.h>
#include <rm/session.h>

#include "posix/area.h"
#include "posix/armv7/wide.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/handlers.h"
#include "posix/thread.h"
#include "posix/user.h"

static uint64_t pair(const uint64_t a[6], int at)
{
	return a[at] | a[at + 1] << 32;
}

static uint64_t extended(uint64_t value)
{
	return (uint64_t)(int64_t)(int32_t)value;
}

long call_pread_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], a[2], pair(a, 4)};

	return call_pread(wide);
}

long call_pwrite_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], a[2], pair(a, 4)};

	return call_pwrite(wide);
}

/* Of these two every machine gives the offset in two halves. */
long call_preadv_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], a[2], pair(a, 3)};

	return call_preadv(wide);
}

long call_pwritev_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], a[2], pair(a, 3)};

	return call_pwritev(wide);
}

long call_truncate_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], pair(a, 2)};

	return call_truncate(wide);
}

long call_ftruncate_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], pair(a, 2)};

	return call_truncate_file(wide);
}

long call_truncate_short(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], extended(a[1])};

	return call_truncate(wide);
}

long call_ftruncate_short(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], extended(a[1])};

	return call_truncate_file(wide);
}

long call_fallocate_pair(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], pair(a, 2), pair(a, 4)};

	return call_fallocate(wide);
}

/* _llseek: the upper half first, the result into memory. */
long call_llseek(const uint64_t a[6])
{
	int64_t position = file_seek(a[0], (int64_t)(a[1] << 32 | a[2]), a[4]);

	return position < 0 ? (long)position : user_write(a[3], &position, sizeof position);
}

/* mmap2: the offset in pages. */
long call_mmap_pages(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], a[2], a[3], a[4], a[5] * PAGE_SIZE};

	return call_mmap(wide);
}

/* The last two arguments are the other way round here. */
long call_clone_backwards(const uint64_t a[6])
{
	const uint64_t wide[6] = {a[0], a[1], a[2], a[4], a[3]};

	return call_clone(wide);
}

long call_set_tls(const uint64_t a[6])
{
	registers_tls_set(call_registers(), (addr_t)a[0]);
	return 0;
}

long call_get_tls(const uint64_t a[6])
{
	(void)a;
	return (long)call_registers()->tls;
}

/* [a0, a1): what makes a range executable again makes what was written there seen by the instruction side. */
long call_cacheflush(const uint64_t a[6])
{
	struct rm_protect_reply reply;

	if (a[1] < a[0] || a[2])
		return -EINVAL;
	for (uint32_t i = area_after(a[0]); i < areas.count && areas.area[i].start < a[1]; i++) {
		const struct area *area = &areas.area[i];
		const struct rm_protect_request request = {area->start, area->end - area->start, area->rights, 0};
		if (area->rights & RIGHT_EXECUTE && rm_protect((ep_t){SLOT_ADDRESS_SPACE}, &request, NULL, &reply, NULL) != OK)
			return -EFAULT;
	}
	return 0;
}
