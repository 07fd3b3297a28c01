/* SPDX-License-Identifier: MIT */
/* brk, mmap and their like, over area.h. */
#include "posix/area.h"
#include "posix/errno.h"
#include "posix/file.h"
#include "posix/handlers.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 16, MAP_ANONYMOUS = 32, MAP_POPULATE = 0x8000, MAP_FIXED_NOREPLACE = 0x100000 };
enum { MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MREMAP_DONTUNMAP = 4 };
enum { MADV_DONTNEED = 4, MADV_FREE = 8, MADV_REMOVE = 9, MADV_DONTNEED_LOCKED = 24, MADV_LAST = 25 };
#define BRK_STEP ((uint64_t)1 << 20)
#define PROGRAM_LOW ((uint64_t)0x10000)

static uint64_t brk_start, brk_now, brk_backed;

static uint64_t round_up(uint64_t size)
{
	return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

static bool range_valid(uint64_t address, uint64_t size)
{
	return !(address % PAGE_SIZE) && size && size <= LIBRARY_LOW && address >= PROGRAM_LOW &&
	       address <= LIBRARY_LOW - size;
}

static uint32_t rights_of(uint64_t protection)
{
	uint32_t rights = 0;

	if (protection & (PROT_READ | PROT_WRITE | PROT_EXEC))
		rights |= RIGHT_READ;
	if (protection & PROT_WRITE)
		rights |= RIGHT_WRITE;
	return protection & PROT_EXEC ? rights | RIGHT_EXECUTE : rights;
}

void memory_brk_set(uint64_t address)
{
	brk_start = brk_now = brk_backed = round_up(address);
}

/*
 * Private memory reads as zero again: small parts are cleared, large ones lose their pages. What shows a file or is shared stays
 * as it is, also where the program changed a private copy of a file.
 */
static long discard(uint64_t address, uint64_t end)
{
	while (address < end) {
		uint32_t at = area_after(address);
		if (at == areas.count || areas.area[at].start >= end)
			return 0;
		const struct area area = areas.area[at];
		uint64_t from = area.start > address ? area.start : address, to = area.end < end ? area.end : end;
		long result = 0;
		if (area.kept)
			address = to;
		else if (area.chunk && area.rights & RIGHT_WRITE && to - from < DISCARD_FROM)
			result = user_zero(from, to - from);
		else if (area.chunk && ds_discard(area.chunk->ds, area.offset + (from - area.start), to - from) != OK)
			result = -EINVAL;
		if (result)
			return result;
		address = to;
	}
	return 0;
}

/* Whole pages above the new break read as zero when the break comes back, soon if it is little: then these pages stay. */
static long brk_clear(uint64_t from, uint64_t to)
{
	from = round_up(from);
	to = round_up(to);
	return to - from < BRK_STEP ? user_zero(from, to - from) : discard(from, to);
}

/* Backed in steps: what is above the break but backed is zero, because shrinking clears it. */
long call_brk(const uint64_t a[6])
{
	uint64_t wanted = a[0], end = round_up(wanted);

	if (wanted < brk_start || wanted > MAPPINGS_LOW)
		return (long)brk_now;
	if (end > brk_backed) {
		uint64_t size = end - brk_backed < BRK_STEP ? BRK_STEP : end - brk_backed;
		if (!area_free(brk_backed, size))
			size = end - brk_backed;
		if (!area_free(brk_backed, size) || memory_map(brk_backed, size, RIGHT_READ | RIGHT_WRITE, 0))
			return (long)brk_now;
		brk_backed += size;
	}
	if (wanted < brk_now && brk_clear(wanted, brk_now))
		return (long)brk_now;
	brk_now = wanted;
	return (long)brk_now;
}

static long map_anonymous(const uint64_t a[6], uint64_t size)
{
	uint32_t flags = (a[3] & MAP_POPULATE ? MEMORY_POPULATE : 0) | (a[3] & MAP_SHARED ? MEMORY_KEPT : 0);
	uint64_t hint = a[0] & ~(uint64_t)(PAGE_SIZE - 1);
	bool there = a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) ||
	             (hint && range_valid(hint, size) && area_free(hint, size));

	if (!there)
		return memory_map_anywhere(size, rights_of(a[2]), flags);
	long result = memory_map(hint, size, rights_of(a[2]), flags);
	return result ? result : (long)hint;
}

/* The file's content itself, which read and write see too. */
static long map_shared(const uint64_t a[6], uint64_t size)
{
	uint64_t at = a[0];
	struct chunk *chunk;

	if (a[5] > LIBRARY_LOW)
		return -EOVERFLOW;
	long result = file_map_shared((int)a[4], a[5] + size, &chunk);
	if (!result && !(a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
		result = area_place(size, &at);
	if (!result)
		result = memory_map_chunk(at, size, rights_of(a[2]), chunk, a[5]);
	return result ? result : (long)at;
}

static long map_file(const uint64_t a[6], uint64_t size)
{
	uint64_t file_size;
	long result = file_map_size((int)a[4], a[3] & MAP_SHARED && a[2] & PROT_WRITE, &file_size);

	if (result < 0)
		return result;
	if (result == MAP_ZEROES)
		return map_anonymous(a, size);
	if (a[5] % PAGE_SIZE)
		return -EINVAL;
	if (a[3] & MAP_SHARED)
		return map_shared(a, size);
	long at = a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) ? (long)a[0] : 0;
	result = at ? memory_map(a[0], size, RIGHT_READ | RIGHT_WRITE, MEMORY_KEPT)
	            : memory_map_anywhere(size, RIGHT_READ | RIGHT_WRITE, MEMORY_KEPT);
	if (result < 0)
		return result;
	at = at ? at : result;
	uint64_t there = a[5] < file_size ? file_size - a[5] : 0;
	result = file_map_read((int)a[4], a[5], (void *)at, there < size ? there : size);
	if (result < 0)
		return result;
	uint32_t rights = rights_of(a[2]);
	if (rights != (RIGHT_READ | RIGHT_WRITE))
		result = memory_protect((uint64_t)at, size, rights);
	return result < 0 ? result : at;
}

long call_mmap(const uint64_t a[6])
{
	uint64_t size = round_up(a[1]);
	bool fixed = a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE);

	if (!a[1] || !(a[3] & (MAP_SHARED | MAP_PRIVATE)))
		return -EINVAL;
	if (!size || size > LIBRARY_LOW)
		return -ENOMEM;
	if (fixed && !range_valid(a[0], size))
		return a[0] % PAGE_SIZE ? -EINVAL : -ENOMEM;
	if (a[3] & MAP_FIXED_NOREPLACE && !area_free(a[0], size))
		return -EEXIST;
	if (!(a[3] & MAP_ANONYMOUS))
		return map_file(a, size);
	return map_anonymous(a, size);
}

long call_munmap(const uint64_t a[6])
{
	uint64_t size = round_up(a[1]);

	return range_valid(a[0], size) ? area_unmap(a[0], size) : -EINVAL;
}

long call_mprotect(const uint64_t a[6])
{
	uint64_t size = round_up(a[1]);

	if (a[2] & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EINVAL;
	if (!size)
		return a[0] % PAGE_SIZE ? -EINVAL : 0;
	if (!range_valid(a[0], size))
		return a[0] % PAGE_SIZE ? -EINVAL : -ENOMEM;
	return memory_protect(a[0], size, rights_of(a[2]));
}

static bool covered(uint64_t address, uint64_t size)
{
	uint64_t at = address;

	for (uint32_t i = area_after(address); i < areas.count && areas.area[i].start <= at && at < address + size; i++)
		at = areas.area[i].end;
	return at >= address + size;
}

/* What comes behind an area when it grows: more of the file that it shows, or fresh memory. */
static long tail_map(uint64_t at, uint64_t size, const struct area *last, uint64_t offset)
{
	if (!last->chunk || last->chunk->kind != CHUNK_FILE)
		return memory_map(at, size, last->rights, last->kept ? MEMORY_KEPT : 0);
	if (size > last->chunk->size || offset > last->chunk->size - size)
		return -ENOMEM;
	return memory_map_chunk(at, size, last->rights, last->chunk, offset);
}

static long grow(uint64_t address, uint64_t old, uint64_t size, bool may_move)
{
	const struct area last = areas.area[area_after(address + old - 1)];
	const uint64_t offset = last.offset + (address + old - last.start);
	uint64_t to;

	if (range_valid(address, size) && area_free(address + old, size - old)) {
		long result = tail_map(address + old, size - old, &last, offset);
		return result ? result : (long)address;
	}
	if (!may_move)
		return -ENOMEM;
	long result = area_place(size, &to);
	if (!result)
		result = tail_map(to + old, size - old, &last, offset);
	if (!result)
		result = area_move(address, old, to);
	return result ? result : (long)to;
}

long call_mremap(const uint64_t a[6])
{
	uint64_t address = a[0], old = round_up(a[1]), size = round_up(a[2]);

	if (a[3] & ~7ul || !range_valid(address, old ? old : PAGE_SIZE) || !size || size > LIBRARY_LOW)
		return -EINVAL;
	if (!old || a[3] & MREMAP_DONTUNMAP) {
		call_unsupported("mremap", "a second view of the same memory");
		return -EINVAL;
	}
	if (!covered(address, old))
		return -EFAULT;
	if (a[3] & MREMAP_FIXED) {
		if (!(a[3] & MREMAP_MAYMOVE) || !range_valid(a[4], size) ||
		    (a[4] < address + old && address < a[4] + size))
			return -EINVAL;
		const struct area last = areas.area[area_after(address + old - 1)];
		const uint64_t offset = last.offset + (address + old - last.start);
		long result = area_unmap(a[4], size);
		if (!result && size < old)
			result = area_unmap(address + size, old - size);
		if (!result && size > old)
			result = tail_map(a[4] + old, size - old, &last, offset);
		if (!result)
			result = area_move(address, size < old ? size : old, a[4]);
		return result ? result : (long)a[4];
	}
	if (size > old)
		return grow(address, old, size, a[3] & MREMAP_MAYMOVE);
	long result = size < old ? area_unmap(address + size, old - size) : 0;
	return result ? result : (long)address;
}

long call_madvise(const uint64_t a[6])
{
	uint64_t size = round_up(a[1]);

	if (a[0] % PAGE_SIZE || (size && !range_valid(a[0], size)))
		return -EINVAL;
	if (a[2] > MADV_LAST || (a[2] > MADV_DONTNEED && a[2] < MADV_FREE))
		return -EINVAL;
	if (a[2] == MADV_REMOVE) {
		call_unsupported("madvise", "a hole in the middle of a file");
		return -EINVAL;
	}
	bool zeroes = a[2] == MADV_DONTNEED || a[2] == MADV_DONTNEED_LOCKED;
	long result = zeroes && size ? discard(a[0], a[0] + size) : 0;
	return !result && size && !covered(a[0], size) ? -ENOMEM : result;
}

long call_mincore(const uint64_t a[6])
{
	uint64_t pages = round_up(a[1]) / PAGE_SIZE;
	const uint8_t present = 1;

	if (a[0] % PAGE_SIZE)
		return -EINVAL;
	if (pages && !covered(a[0], pages * PAGE_SIZE))
		return -ENOMEM;
	for (uint64_t i = 0; i < pages; i++)
		if (user_write(a[2] + i, &present, 1))
			return -EFAULT;
	return 0;
}
