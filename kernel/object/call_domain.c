/* SPDX-License-Identifier: MIT */
/* Kernel calls on protection domains, memory and the console: decode, then act. */
#include <framework/memory.h>
#include <kernel/machine.h>
#include <kernel/pd.h>

#include "kernel/object/decode.h"
#include "kernel/object/machine.h"

enum { RIGHTS_MAP = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE };

static bool range_in_pd(uint64_t address, uint64_t size)
{
	return size && !((address | size) % PAGE_SIZE) && address >= PD_LOW && address < PD_HIGH &&
	       size <= PD_HIGH - address;
}

err_t do_pd_map(struct thread *thread, const uint64_t *word, bool *blocked)
{
	uint64_t rights = thread->utcb->extra[0], address = word[1], offset = word[3], size = word[4];
	struct pd *pd;
	struct cap *cap;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &pd);

	if (err == OK)
		err = cap_lookup(thread->pd, word[2], KIND_MEMORY, (rights & RIGHTS_MAP) | RIGHT_READ, &cap);
	if (err != OK)
		return err;
	if (rights & ~(uint64_t)(RIGHTS_MAP | MAP_POPULATE_NOW | MAP_UNCACHED))
		return ERR_ARGUMENT;
	struct memory *memory = (struct memory *)cap->object;
	if (!range_in_pd(address, size) || offset % PAGE_SIZE || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	return machine_map(pd, address, memory, offset, size, (uint32_t)rights, thread, blocked);
}

err_t do_pd_unmap(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &pd);

	if (err != OK)
		return err;
	if (!range_in_pd(word[1], word[2]))
		return ERR_RANGE;
	return machine_unmap(pd, word[1], word[2], thread, blocked);
}

err_t do_pd_protect(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &pd);

	if (err != OK)
		return err;
	if (word[3] & ~(uint64_t)RIGHTS_MAP)
		return ERR_ARGUMENT;
	if (!range_in_pd(word[1], word[2]))
		return ERR_RANGE;
	return machine_protect(pd, word[1], word[2], (uint32_t)word[3], thread, blocked);
}

err_t do_pd_donate(struct thread *thread, const uint64_t *word, bool *blocked)
{
	uint64_t offset = word[2], size = word[3];
	struct pd *pd;
	struct cap *cap;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &pd);

	(void)blocked;
	if (err == OK)
		err = cap_lookup(thread->pd, word[1], KIND_MEMORY, RIGHT_CONTROL, &cap);
	if (err != OK)
		return err;
	const struct memory *memory = (const struct memory *)cap->object;
	if (memory->device || !size || size > PD_DONATE_MAX || (offset | size) % PAGE_SIZE || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	return machine_pd_donate(pd, memory, offset, size);
}

err_t do_pd_pause(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	if (err == OK)
		*blocked = pause_begin(pd, NULL, thread, word[1], &err);
	return err;
}

err_t do_pd_resume(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	(void)blocked;
	return err == OK ? pause_end(pd) : err;
}

err_t do_pd_clock_get(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	(void)blocked;
	if (err == OK)
		extra_put_wide(thread, 0, machine_now() + (uint64_t)pd->clock_offset);
	return err;
}

enum { DEADLINES = 4 };   /* that are looked at in one piece */

err_t do_pd_clock_set(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	(void)blocked;
	if (err != OK)
		return err;
	uint32_t done = 0;
	if (!machine_work_done()) {
		uint64_t now = machine_now();
		pd->clock_offset = (int64_t)(word[1] - now);
		pd->clock_turn++;
		machine_clock_changed(pd, now);
	}
	for (struct thread *each = pd->threads; each; each = each->next_in_pd) {
		if (each->clock_turn == pd->clock_turn)
			continue;
		each->clock_turn = pd->clock_turn;
		if (each->run == THREAD_WAITING)
			machine_deadline_start(each);
		if (++done % DEADLINES == 0 && machine_work_stop(1))
			break;
	}
	return OK;
}

/* One more range, or more of the last one. */
static void range_add(struct populated *ranges, uint32_t *count, uint32_t number, uint64_t offset, uint64_t size)
{
	struct populated *last = *count ? &ranges[*count - 1] : NULL;

	if (last && last->memory == number && last->offset + last->size == offset)
		last->size += size;
	else
		ranges[(*count)++] = (struct populated){offset, size, number, 0};
}

/* The ranges of one object from `at` on, after the `count` that were found before; where to go on, or its size. */
static uint64_t ranges_add(const struct memory *memory, uint64_t from, uint32_t number, struct extent *known,
                           struct populated *ranges, uint32_t *count)
{
	uint64_t at = memory->offset + from, end = memory->offset + memory->size;

	while (at < end && *count < POPULATED_MAX) {
		machine_extent_find(at, end, known);
		uint64_t data = known->data > at ? known->data : at;
		if (data >= end)
			return memory->size;
		at = known->hole < end ? known->hole : end;
		if (at > data)
			range_add(ranges, count, number, data - memory->offset, at - data);
		if (machine_interrupted())
			break;
	}
	return at - memory->offset;
}

err_t do_memory_epoch(struct thread *thread, const uint64_t *word, bool *blocked)
{
	const slot_t *slots = thread_bulk(thread);
	uint64_t list_count = word[0];
	struct cap *cap;

	(void)blocked;
	if (list_count > POPULATED_LIST_MAX)
		return ERR_ARGUMENT;
	for (uint32_t i = 0; i < list_count; i++) {
		err_t err = cap_lookup(thread->pd, *(const volatile slot_t *)&slots[i], KIND_MEMORY, 0, &cap);
		if (err != OK)
			return err;
	}
	extra_put_wide(thread, 0, machine_epoch());
	return OK;
}

err_t do_memory_populated(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct populated *ranges = thread_bulk(thread);
	uint64_t list_count = word[0], offset = word[2];
	uint32_t count = 0, number = (uint32_t)word[1];
	slot_t list[POPULATED_LIST_MAX];
	struct extent known = {0, 0};

	(void)blocked;
	if (list_count > POPULATED_LIST_MAX || word[1] > list_count)
		return ERR_ARGUMENT;
	memcpy(list, ranges, (size_t)list_count * sizeof *list);
	for (; number < list_count && count < POPULATED_MAX; number++, offset = 0) {
		struct cap *cap;
		err_t err = cap_lookup(thread->pd, list[number], KIND_MEMORY, 0, &cap);
		if (err != OK)
			return err;
		const struct memory *memory = (const struct memory *)cap->object;
		if (offset % PAGE_SIZE || offset > memory->size)
			return ERR_RANGE;
		offset = memory->device ? memory->size : ranges_add(memory, offset, number, &known, ranges, &count);
		if (offset < memory->size)
			break;
	}
	thread->utcb->extra[0] = count;
	thread->utcb->extra[1] = number;
	extra_put_wide(thread, 2, number < list_count ? offset : 0);
	return OK;
}

err_t do_memory_discard(struct thread *thread, const uint64_t *word, bool *blocked)
{
	uint64_t offset = word[1], size = word[2];
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_MEMORY, RIGHT_CONTROL, &cap);

	(void)blocked;
	if (err != OK)
		return err;
	struct memory *memory = (struct memory *)cap->object;
	if (memory->device || !size || (offset | size) % PAGE_SIZE || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	return machine_discard(memory->offset + offset, size);
}

err_t do_console_write(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, word[0], KIND_CONSOLE, 0, &cap);

	(void)blocked;
	if (err != OK)
		return err;
	if (word[1] > UTCB_BULK_SIZE)
		return ERR_RANGE;
	return machine_console_write(thread_bulk(thread), word[1]);
}
