/* SPDX-License-Identifier: MIT */
/*
 * The first component: its image, stack and boot page are laid out in the machine's memory, its capabilities
 * are put, and a first thread is given its registers as soon as the process has it.
 *
 * Modules come from the installation itself, not from a user; the loader checks them all the same.
 */
#include <elf.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kernel/machine.h>
#include <kernel/pd.h>

#include "kernel/linux/boot.h"
#include "kernel/linux/host.h"
#include "kernel/object/ipc.h"

struct boot {
	struct boot_info info;
	uint64_t free;
	int grants[BOOT_GRANTS];
	struct pd *pd;
	struct thread *thread;
	struct thread_state state;
};

static uint64_t page_up(uint64_t size)
{
	return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

struct boot *boot_begin(void)
{
	struct boot *boot = calloc(1, sizeof *boot);

	if (boot) {
		boot->pd = calloc(1, sizeof *boot->pd);
		boot->thread = calloc(1, sizeof *boot->thread);
		boot->info.magic = BOOT_MAGIC;
		boot->info.cores = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
		boot->info.memory_size = host.ram_size;
	}
	return boot;
}

static err_t memory_take(struct boot *boot, uint64_t size, uint64_t *offset)
{
	if (page_up(size) > host.ram_size - boot->free)
		return ERR_MEMORY_QUOTA;
	*offset = boot->free;
	boot->free += page_up(size);
	return OK;
}

static err_t memory_fill(uint64_t offset, const void *bytes, uint64_t size)
{
	const char *from = bytes;

	while (size) {
		ssize_t written = pwrite(host.ram, from, size, (off_t)offset);
		if (written <= 0)
			return ERR_IO;
		from += written;
		offset += (uint64_t)written;
		size -= (uint64_t)written;
	}
	return OK;
}

err_t boot_module(struct boot *boot, const char *name, const void *bytes, uint64_t size)
{
	struct boot_module *module = &boot->info.modules[boot->info.module_count];

	if (boot->info.module_count == BOOT_MODULES || strlen(name) >= sizeof module->name)
		return ERR_RANGE;
	err_t err = memory_take(boot, size, &module->offset);
	if (err == OK)
		err = memory_fill(module->offset, bytes, size);
	if (err != OK)
		return err;
	strcpy(module->name, name);
	module->size = size;
	boot->info.module_count++;
	return OK;
}

err_t boot_grant(struct boot *boot, const char *name, int descriptor)
{
	struct boot_grant *grant = &boot->info.grants[boot->info.grant_count];

	if (boot->info.grant_count == BOOT_GRANTS || strlen(name) >= sizeof grant->name)
		return ERR_RANGE;
	strcpy(grant->name, name);
	grant->slot = BOOT_SLOT_HOST + boot->info.grant_count;
	boot->grants[boot->info.grant_count++] = descriptor;
	return OK;
}

static err_t map(struct boot *boot, uint64_t address, uint64_t offset, uint64_t size, int protection)
{
	struct command *command = calloc(1, sizeof *command);

	if (!command)
		return ERR_UNSUPPORTED;
	command->count = 1;
	command->commands[0] = (struct stub_command){SYS_mmap, {address, page_up(size), (uint64_t)protection,
	                                             MAP_SHARED | MAP_FIXED, STUB_FD_RAM, offset}};
	command_queue(boot->pd->machine, command, NULL);
	return OK;
}

static err_t segment_load(struct boot *boot, const struct boot_module *module, const Elf64_Phdr *segment)
{
	uint64_t start = segment->p_vaddr & ~(uint64_t)(PAGE_SIZE - 1), lead = segment->p_vaddr - start, offset;
	int protection = (segment->p_flags & PF_R ? PROT_READ : 0) | (segment->p_flags & PF_W ? PROT_WRITE : 0) |
	                 (segment->p_flags & PF_X ? PROT_EXEC : 0);

	if (segment->p_offset > module->size || segment->p_filesz > module->size - segment->p_offset ||
	    segment->p_memsz < segment->p_filesz || start < PD_LOW || segment->p_vaddr > PD_HIGH ||
	    segment->p_memsz > PD_HIGH - segment->p_vaddr)
		return ERR_CORRUPT;
	err_t err = memory_take(boot, lead + segment->p_memsz, &offset);
	if (err != OK)
		return err;
	char *bytes = malloc(segment->p_filesz + 1);
	ssize_t size = (ssize_t)segment->p_filesz;
	if (bytes && pread(host.ram, bytes, (size_t)size, (off_t)(module->offset + segment->p_offset)) == size)
		err = memory_fill(offset + lead, bytes, segment->p_filesz);
	else
		err = ERR_IO;
	free(bytes);
	return err == OK ? map(boot, start, offset, lead + segment->p_memsz, protection) : err;
}

static err_t image_load(struct boot *boot, const struct boot_module *module, uint64_t *entry)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	err_t err = OK;

	if (module->size < sizeof header ||
	    pread(host.ram, &header, sizeof header, (off_t)module->offset) != sizeof header ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_machine != EM_X86_64 ||
	    header.e_phentsize != sizeof segment || header.e_phoff > module->size ||
	    header.e_phnum > (module->size - header.e_phoff) / sizeof segment)
		return ERR_CORRUPT;
	for (uint32_t i = 0; i < header.e_phnum && err == OK; i++) {
		off_t at = (off_t)(module->offset + header.e_phoff + i * sizeof segment);
		if (pread(host.ram, &segment, sizeof segment, at) != sizeof segment)
			return ERR_IO;
		if (segment.p_type == PT_LOAD)
			err = segment_load(boot, module, &segment);
	}
	*entry = header.e_entry;
	return err;
}

static err_t caps_put(struct boot *boot)
{
	static struct memory memory;
	static struct object console;
	static struct grant grants[BOOT_GRANTS];

	boot->pd->slot_count = BOOT_SLOTS;
	boot->pd->slots = calloc(BOOT_SLOTS, sizeof *boot->pd->slots);
	if (!boot->pd->slots)
		return ERR_UNSUPPORTED;
	object_init(&memory.object, KIND_MEMORY);
	memory.size = host.ram_size;
	object_init(&console, KIND_CONSOLE);
	cap_set(pd_slot(boot->pd, BOOT_SLOT_MEMORY), &memory.object, RIGHT_ALL, 0);
	cap_set(pd_slot(boot->pd, BOOT_SLOT_CONSOLE), &console, RIGHT_ALL, 0);
	cap_set(pd_slot(boot->pd, BOOT_SLOT_PD), &boot->pd->object, RIGHT_ALL, 0);
	for (uint32_t i = 0; i < boot->info.grant_count; i++) {
		object_init(&grants[i].object, KIND_HOST);
		grants[i].descriptor = (uint64_t)boot->grants[i];
		cap_set(pd_slot(boot->pd, BOOT_SLOT_HOST + i), &grants[i].object, RIGHT_ALL, 0);
	}
	return OK;
}

/* The registers wait until the thread stands; the event loop brings it there. */
static err_t thread_prepare(struct boot *boot, uint64_t entry)
{
	bool blocked;

	boot->state.run = THREAD_RUNNING;
	boot->state.registers.rip = entry;
	boot->state.registers.rsp = BOOT_STACK_TOP - 8;
	boot->state.registers.rdi = BOOT_INFO;
	object_init(&boot->thread->object, KIND_THREAD);
	boot->thread->schedule.core = AFFINITY_ANY;
	return thread_attach(boot->thread, boot->pd, 0, NULL, &blocked);
}

err_t boot_start(struct boot *boot, const char *first, const char **sentence)
{
	const struct boot_module *module = boot->info.modules;
	uint64_t entry, stack, page;

	*sentence = "the first component could not be started";
	while (module < boot->info.modules + boot->info.module_count && strcmp(module->name, first) != 0)
		module++;
	if (module == boot->info.modules + boot->info.module_count)
		return ERR_NOT_FOUND;
	if (!boot->pd || !boot->thread)
		return ERR_UNSUPPORTED;
	object_init(&boot->pd->object, KIND_PD);
	err_t err = caps_put(boot);
	if (err == OK)
		err = domain_create(boot->pd, 0);
	if (err == OK)
		err = image_load(boot, module, &entry);
	if (err == OK)
		err = memory_take(boot, BOOT_STACK, &stack);
	if (err == OK)
		err = map(boot, BOOT_STACK_TOP - BOOT_STACK, stack, BOOT_STACK, PROT_READ | PROT_WRITE);
	if (err == OK)
		err = memory_take(boot, sizeof boot->info, &page);
	if (err != OK)
		return err;
	boot->info.memory_free = boot->free;
	err = memory_fill(page, &boot->info, sizeof boot->info);
	if (err == OK)
		err = map(boot, BOOT_INFO, page, sizeof boot->info, PROT_READ);
	if (err == OK)
		err = thread_prepare(boot, entry);
	while (err == OK && !thread_stands(boot->thread))
		host_step(UINT64_MAX);
	if (err == OK)
		err = thread_state_set(boot->thread, &boot->state, NULL);
	if (err != OK)
		return err;
	boot->thread->paused = false;
	thread_go(boot->thread);
	free(boot);
	return OK;
}
