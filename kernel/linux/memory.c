/* SPDX-License-Identifier: MIT */
/* What kernel calls on protection domains, memory and scheduling do on Linux (kernel/object/machine.h). */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kernel/pd.h>

#include "kernel/linux/host.h"

static uint64_t protection(uint64_t rights)
{
	return (rights & RIGHT_READ ? PROT_READ : 0) | (rights & RIGHT_WRITE ? PROT_WRITE : 0) |
	       (rights & RIGHT_EXECUTE ? PROT_EXEC : 0);
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

err_t machine_map(struct pd *pd, uint64_t address, const struct memory *memory, uint64_t offset, uint64_t size,
                  uint32_t rights, struct thread *asker, bool *blocked)
{
	uint64_t flags = MAP_SHARED | MAP_FIXED | (rights & MAP_POPULATE_NOW ? MAP_POPULATE : 0);
	uint64_t file = rights & RIGHT_WRITE ? STUB_FD_RAM : STUB_FD_READ;
	struct stub_command stub = {SYS_mmap, {address, size, protection(rights), flags, file, memory->offset + offset}};

	return command_ask(asker, pd, stub, blocked);
}

err_t machine_unmap(struct pd *pd, uint64_t address, uint64_t size, struct thread *asker, bool *blocked)
{
	return command_ask(asker, pd, (struct stub_command){SYS_munmap, {address, size}}, blocked);
}

err_t machine_protect(struct pd *pd, uint64_t address, uint64_t size, uint32_t rights, struct thread *asker,
                      bool *blocked)
{
	struct stub_command stub = {SYS_mprotect, {address, size, protection(rights)}};

	return command_ask(asker, pd, stub, blocked);
}

/* Calls that take long are answered later; none keeps the kernel. */
bool machine_work_stop(uint64_t done)
{
	(void)done;
	return false;
}

uint64_t machine_work_done(void)
{
	return 0;
}

bool machine_interrupted(void)
{
	return false;
}

void machine_clock_changed(struct pd *pd, uint64_t now)
{
	pd->machine->page->clock_offset = pd->clock_offset;
	pd->machine->page->clock_epoch = now;
}

/* Populated objects often lie side by side, and looking for the hole behind one passes through all that follow: a hole
 * that is known is not looked for again. */
void machine_extent_find(uint64_t at, uint64_t end, struct extent *known)
{
	(void)end;
	if (known->data <= at && at < known->hole)
		return;
	off_t data = lseek(host.ram, (off_t)at, SEEK_DATA), hole = data < 0 ? -1 : lseek(host.ram, data, SEEK_HOLE);
	known->data = data < 0 ? UINT64_MAX : (uint64_t)data;
	known->hole = hole < 0 ? UINT64_MAX : (uint64_t)hole;
}

static uint64_t discards;

/* As long as nothing was discarded, the memory that is there only grows. */
uint64_t machine_epoch(void)
{
	struct stat status;

	return fstat(host.ram, &status) < 0 ? ++discards << 40 : discards << 40 | (uint64_t)status.st_blocks;
}

err_t machine_discard(uint64_t at, uint64_t size)
{
	discards++;
	int how = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	return fallocate(host.ram, how, (off_t)at, (off_t)size) == 0 ? OK : ERR_IO;
}

err_t machine_console_write(const void *bytes, uint64_t size)
{
	return write(host.log, bytes, size) == (ssize_t)size ? OK : ERR_IO;
}

err_t machine_schedule(struct thread *thread, const struct thread_schedule *schedule)
{
	cpu_set_t cores;

	if (schedule->budget || !thread->machine || !thread->machine->tid || (schedule->priority && !host.real_time))
		return ERR_UNSUPPORTED;
	CPU_ZERO(&cores);
	for (uint32_t core = 0; core < CPU_SETSIZE; core++)
		if (schedule->core == AFFINITY_ANY || schedule->core == core)
			CPU_SET(core, &cores);
	if (sched_setaffinity(thread->machine->tid, sizeof cores, &cores) < 0)
		return ERR_UNSUPPORTED;
	struct sched_param parameter = {.sched_priority = (int)schedule->priority};
	int policy = schedule->priority ? SCHED_FIFO : SCHED_OTHER;
	return sched_setscheduler(thread->machine->tid, policy, &parameter) == 0 ? OK : ERR_UNSUPPORTED;
}

void machine_yield(struct thread *thread)
{
	(void)thread;
}
