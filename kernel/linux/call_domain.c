/* SPDX-License-Identifier: MIT */
/* Kernel calls on protection domains, memory, threads and the console: decode, then act. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kernel/machine.h>
#include <kernel/pd.h>

#include "kernel/linux/decode.h"
#include "kernel/linux/host.h"
#include "kernel/object/machine.h"

enum { RIGHTS_MAP = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE };

static uint64_t protection(uint64_t rights)
{
	return (rights & RIGHT_READ ? PROT_READ : 0) | (rights & RIGHT_WRITE ? PROT_WRITE : 0) |
	       (rights & RIGHT_EXECUTE ? PROT_EXEC : 0);
}

static bool range_in_pd(uint64_t address, uint64_t size)
{
	return size && !((address | size) % PAGE_SIZE) && address >= PD_LOW && address < PD_HIGH &&
	       size <= PD_HIGH - address;
}

static err_t command_ask(struct thread *thread, struct pd *pd, struct stub_command stub, bool *blocked)
{
	struct command *command = pd->machine->dead ? NULL : calloc(1, sizeof *command);

	if (!command)
		return pd->machine->dead ? ERR_GONE : ERR_UNSUPPORTED;
	command->count = 1;
	command->commands[0] = stub;
	command_queue(pd->machine, command, thread);
	*blocked = true;
	return OK;
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
	if (rights & ~(uint64_t)(RIGHTS_MAP | MAP_POPULATE_NOW))
		return ERR_ARGUMENT;
	struct memory *memory = (struct memory *)cap->object;
	if (!range_in_pd(address, size) || offset % PAGE_SIZE || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	uint64_t flags = MAP_SHARED | MAP_FIXED | (rights & MAP_POPULATE_NOW ? MAP_POPULATE : 0);
	uint64_t file = rights & RIGHT_WRITE ? STUB_FD_RAM : STUB_FD_READ;
	struct stub_command stub = {SYS_mmap, {address, size, protection(rights), flags, file, memory->offset + offset}};
	return command_ask(thread, pd, stub, blocked);
}

err_t do_pd_unmap(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_WRITE, &pd);

	if (err != OK)
		return err;
	if (!range_in_pd(word[1], word[2]))
		return ERR_RANGE;
	return command_ask(thread, pd, (struct stub_command){SYS_munmap, {word[1], word[2]}}, blocked);
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
	struct stub_command stub = {SYS_mprotect, {word[1], word[2], protection(word[3])}};
	return command_ask(thread, pd, stub, blocked);
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
	if (err != OK)
		return err;
	if (!pd->paused || pd->machine->pauser)
		return ERR_STATE;
	pause_end(pd);
	return OK;
}

err_t do_pd_clock_get(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	(void)blocked;
	if (err == OK)
		thread->utcb->extra[0] = machine_now() + (uint64_t)pd->clock_offset;
	return err;
}

err_t do_pd_clock_set(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct pd *pd;
	err_t err = pd_lookup(thread, word[0], RIGHT_CONTROL, &pd);

	(void)blocked;
	if (err != OK)
		return err;
	uint64_t now = machine_now();
	pd->clock_offset = (int64_t)(word[1] - now);
	pd->machine->page->clock_offset = pd->clock_offset;
	pd->machine->page->clock_epoch = now;
	for (struct thread *each = pd->threads; each; each = each->next_in_pd)
		if (each->run == THREAD_WAITING)
			machine_deadline_start(each);
	return OK;
}

/* Bytes of the machine's memory without a hole. */
struct extent {
	off_t data, hole;
};

/* Populated objects often lie side by side, and looking for the hole behind one passes through all that follow: a hole
 * that is known is not looked for again. */
static void extent_find(off_t at, struct extent *known)
{
	if (known->data <= at && at < known->hole)
		return;
	known->data = lseek(host.ram, at, SEEK_DATA);
	known->hole = known->data < 0 ? -1 : lseek(host.ram, known->data, SEEK_HOLE);
}

/* The ranges of one object from `at` on, after the `count` that were found before; where to go on, or its size. */
static uint64_t ranges_add(const struct memory *memory, uint64_t from, uint32_t number, struct extent *known,
                           struct populated *ranges, uint32_t *count)
{
	off_t at = (off_t)(memory->offset + from), end = (off_t)(memory->offset + memory->size);

	while (at < end && *count < POPULATED_MAX) {
		extent_find(at, known);
		off_t data = known->data > at ? known->data : at;
		if (known->data < 0 || data >= end)
			return memory->size;
		at = known->hole > 0 && known->hole < end ? known->hole : end;
		ranges[(*count)++] = (struct populated){(uint64_t)data - memory->offset, (uint64_t)(at - data), number, 0};
	}
	return (uint64_t)at - memory->offset;
}

err_t do_memory_populated(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct populated *ranges = (struct populated *)((uint8_t *)thread->utcb + UTCB_BULK);
	uint64_t list_count = word[0], offset = word[2];
	uint32_t count = 0, number = (uint32_t)word[1];
	slot_t list[POPULATED_LIST_MAX];
	struct extent known = {0, 0};

	(void)blocked;
	if (list_count > POPULATED_LIST_MAX || word[1] > list_count)
		return ERR_ARGUMENT;
	memcpy(list, ranges, list_count * sizeof *list);
	for (; number < list_count && count < POPULATED_MAX; number++, offset = 0) {
		struct cap *cap;
		err_t err = cap_lookup(thread->pd, list[number], KIND_MEMORY, 0, &cap);
		if (err != OK)
			return err;
		const struct memory *memory = (const struct memory *)cap->object;
		if (offset % PAGE_SIZE || offset > memory->size)
			return ERR_RANGE;
		offset = ranges_add(memory, offset, number, &known, ranges, &count);
		if (offset < memory->size)
			break;
	}
	thread->utcb->extra[0] = count;
	thread->utcb->extra[1] = number;
	thread->utcb->extra[2] = number < list_count ? offset : 0;
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
	if (!size || (offset | size) % PAGE_SIZE || offset > memory->size || size > memory->size - offset)
		return ERR_RANGE;
	int how = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	return fallocate(host.ram, how, (off_t)(memory->offset + offset), (off_t)size) == 0 ? OK : ERR_IO;
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
	ssize_t written = write(host.log, (uint8_t *)thread->utcb + UTCB_BULK, word[1]);
	return written == (ssize_t)word[1] ? OK : ERR_IO;
}

static err_t thread_lookup(struct thread *thread, uint64_t slot, struct thread **found)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, slot, KIND_THREAD, RIGHT_CONTROL, &cap);

	if (err != OK)
		return err;
	if (!((struct thread *)cap->object)->pd)
		return ERR_STATE;
	*found = (struct thread *)cap->object;
	return OK;
}

err_t do_thread_bind(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *cap, *fault = NULL;
	struct pd *pd;
	err_t err = cap_lookup(thread->pd, word[0], KIND_THREAD, RIGHT_CONTROL, &cap);

	if (err == OK)
		err = pd_lookup(thread, word[1], RIGHT_GRANT, &pd);
	if (err == OK && word[3])
		err = cap_lookup(thread->pd, word[3], KIND_ENDPOINT, RIGHT_SEND, &fault);
	if (err != OK)
		return err;
	struct thread *new = (struct thread *)cap->object;
	if (new->pd)
		return ERR_STATE;
	if (word[2] >= UTCB_COUNT)
		return ERR_RANGE;
	err = thread_attach(new, pd, (uint32_t)word[2], thread);
	if (err != OK)
		return err;
	if (fault)
		cap_set(&new->fault_ep, fault->object, RIGHT_SEND, fault->badge);
	new->schedule.core = AFFINITY_ANY;
	*blocked = true;
	return OK;
}

err_t do_thread_resume(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err != OK)
		return err;
	if (!target->paused && target->run != THREAD_STOPPED)
		return ERR_STATE;
	if (target->run == THREAD_STOPPED)
		target->run = THREAD_RUNNING;
	target->paused = false;
	thread_go(target);
	if (!thread_is_paused(target))
		thread_rematch(target);
	return OK;
}

err_t do_thread_pause(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	if (err == OK)
		*blocked = pause_begin(target->pd, target, thread, word[1], &err);
	return err;
}

err_t do_thread_read(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err != OK)
		return err;
	if (!thread_is_paused(target) && target->run != THREAD_STOPPED)
		return ERR_STATE;
	return thread_state_get(target, (struct thread_state *)((uint8_t *)thread->utcb + UTCB_BULK));
}

err_t do_thread_write(struct thread *thread, const uint64_t *word, bool *blocked)
{
	static struct thread_state state;
	struct thread *target;
	struct cap *cap = NULL;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err == OK && word[1])
		err = cap_lookup(thread->pd, word[1], KIND_REPLY, RIGHT_WAIT, &cap);
	if (err != OK)
		return err;
	struct reply *reply = cap ? (struct reply *)cap->object : NULL;
	if (reply && (reply->caller || reply->waiter))
		return ERR_STATE;
	if (!thread_is_paused(target) && target->run != THREAD_STOPPED)
		return ERR_STATE;
	memcpy(&state, (uint8_t *)thread->utcb + UTCB_BULK, sizeof state);
	return thread_state_set(target, &state, reply);
}

err_t do_thread_schedule_set(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err != OK)
		return err;
	if (word[1] > PRIORITY_MAX || word[2] > UINT32_MAX)
		return ERR_ARGUMENT;
	if (word[3] || !target->machine || !target->machine->tid || (word[1] && !host.real_time))
		return ERR_UNSUPPORTED;
	cpu_set_t cores;
	CPU_ZERO(&cores);
	for (uint64_t core = 0; core < CPU_SETSIZE; core++)
		if (word[2] == AFFINITY_ANY || word[2] == core)
			CPU_SET(core, &cores);
	if (sched_setaffinity(target->machine->tid, sizeof cores, &cores) < 0)
		return ERR_UNSUPPORTED;
	struct sched_param parameter = {.sched_priority = (int)word[1]};
	if (sched_setscheduler(target->machine->tid, word[1] ? SCHED_FIFO : SCHED_OTHER, &parameter) < 0)
		return ERR_UNSUPPORTED;
	target->schedule = (struct thread_schedule){(uint32_t)word[1], (uint32_t)word[2], 0, (uint32_t)word[4]};
	return OK;
}

err_t do_thread_schedule_get(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct thread *target;
	err_t err = thread_lookup(thread, word[0], &target);

	(void)blocked;
	if (err == OK)
		memcpy((uint8_t *)thread->utcb + UTCB_BULK, &target->schedule, sizeof target->schedule);
	return err;
}

err_t do_thread_yield(struct thread *thread, const uint64_t *word, bool *blocked)
{
	(void)thread;
	(void)word;
	(void)blocked;
	return OK;
}
