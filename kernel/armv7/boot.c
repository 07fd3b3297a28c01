/* SPDX-License-Identifier: MIT */
/*
 * From the first C function to the first component (kernel/boot.h): the machine's memory object is all RAM from the
 * modules on, and the first component's objects are made from it as any other.
 */
#include <board.h>
#include <elf.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/machine.h>

#include "kernel/armv7/console.h"
#include "kernel/armv7/core.h"
#include "kernel/armv7/device.h"
#include "kernel/armv7/domain.h"
#include "kernel/armv7/interrupt.h"
#include "kernel/armv7/module.h"
#include "kernel/armv7/page.h"
#include "kernel/armv7/schedule.h"
#include "kernel/object/machine.h"

enum { RIGHTS_DATA = RIGHT_READ | RIGHT_WRITE, COPROCESSORS_VFP = 0xf << 20 };

extern uint8_t bss_end[], image_end[];
extern uint32_t kernel_table[];
_Noreturn void kernel_main(void);
_Noreturn void kernel_other(uint32_t number);
void vector_init(uint32_t core);
_Noreturn void context_resume(struct context *context);

static struct memory memory, device_memory;
static struct interrupt interrupts;
static struct object console;
static struct boot_info info;
static struct pd *pd;
static struct thread *thread;

static void must(err_t err, const char *what)
{
	if (err != OK)
		kernel_panic(what, 0, err);
}

/* Unused memory, page by page; its offset in the machine's memory. */
static uint64_t memory_take(uint64_t size)
{
	uint64_t offset = info.memory_free;

	info.memory_free += (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	if (info.memory_free > memory.size)
		kernel_panic("not enough memory", 0, (uint32_t)size);
	return offset;
}

static void *memory_see(uint64_t offset)
{
	return virtual_of((uint32_t)(memory.offset + offset));
}

/* Pages that hold something already. */
static void memory_fill(uint64_t offset, const void *bytes, uint32_t size)
{
	for (uint32_t at = 0; at < size; at += PAGE_SIZE) {
		uint32_t address = (uint32_t)(memory.offset + offset + at);
		page_clear(page_at(address), address);
		page_populate(page_at(address));
	}
	memcpy(memory_see(offset), bytes, size);
}

static void map(uint32_t address, uint64_t offset, uint64_t size, uint32_t rights)
{
	bool blocked;

	size = (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	must(machine_map(pd, address, &memory, offset, size, rights, NULL, &blocked), "first component: map");
}

static void modules_find(void)
{
	must(module_count <= BOOT_MODULES ? OK : ERR_RANGE, "modules: more than BOOT_MODULES");
	for (uint32_t i = 0; i < module_count; i++) {
		struct boot_module *module = &info.modules[info.module_count++];
		memcpy(module->name, module_list[i].name, sizeof module->name);
		module->offset = (uint32_t)(module_list[i].start - bss_end);
		module->size = (uint32_t)(module_list[i].end - module_list[i].start);
		for (uint32_t at = 0; at < module->size; at += PAGE_SIZE)
			page_populate(page_at((uint32_t)(memory.offset + module->offset) + at));
	}
}

static void machine_describe(void)
{
	object_init(&memory.object, KIND_MEMORY);
	memory.offset = physical(bss_end);
	memory.size = BOARD_RAM_SIZE - (uint32_t)(memory.offset - BOARD_RAM);
	info.magic = BOOT_MAGIC;
	info.cores = core_count();
	info.memory_size = memory.size;
	info.memory_free = (uint32_t)(image_end - bss_end);
	info.memory_bus = memory.offset;
	device_describe(&info, &device_memory, &interrupts);
	modules_find();
}

static void segment_load(const uint8_t *image, const Elf32_Phdr *segment)
{
	uint32_t lead = segment->p_vaddr % PAGE_SIZE, size = lead + segment->p_memsz;
	uint32_t rights = RIGHT_READ | (segment->p_flags & PF_W ? RIGHT_WRITE : 0) |
	                  (segment->p_flags & PF_X ? RIGHT_EXECUTE : 0);
	uint64_t offset = memory_take(size);

	memory_fill(offset, image + segment->p_offset - lead, lead + segment->p_filesz);
	map(segment->p_vaddr - lead, offset, size, rights);
}

/* The image is part of this one, so it is trusted. */
static uint32_t image_load(const struct boot_module *module)
{
	const uint8_t *image = memory_see(module->offset);
	const Elf32_Ehdr *header = (const Elf32_Ehdr *)image;
	const Elf32_Phdr *segment = (const Elf32_Phdr *)(image + header->e_phoff);

	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != EM_ARM)
		kernel_panic("first component: not a program for this machine", 0, header->e_machine);
	for (uint32_t i = 0; i < header->e_phnum; i++)
		if (segment[i].p_type == PT_LOAD)
			segment_load(image, &segment[i]);
	return header->e_entry;
}

static struct object *object_make(enum kind kind, uint64_t size)
{
	struct object *object = NULL;

	must(machine_object_make(kind, &memory, memory_take(size), size, &object), "first component: object");
	object_init(object, kind);
	return object;
}

static void component_make(void)
{
	uint64_t size = OBJECT_SIZE_PD + BOOT_SLOTS * OBJECT_SIZE_SLOT;
	bool blocked;

	pd = first_pd = (struct pd *)object_make(KIND_PD, size);
	must(machine_pd_make(pd, BOOT_SLOTS, size, NULL), "first component: protection domain");
	object_init(&console, KIND_CONSOLE);
	cap_set(pd_slot(pd, BOOT_SLOT_MEMORY), &memory.object, RIGHT_ALL, 0);
	cap_set(pd_slot(pd, BOOT_SLOT_CONSOLE), &console, RIGHT_ALL, 0);
	cap_set(pd_slot(pd, BOOT_SLOT_PD), &pd->object, RIGHT_ALL, 0);
	cap_set(pd_slot(pd, BOOT_SLOT_DEVICES), &device_memory.object, RIGHT_ALL & ~RIGHT_EXECUTE, 0);
	cap_set(pd_slot(pd, BOOT_SLOT_INTERRUPTS), &interrupts.object, RIGHT_ALL, 0);
	thread = (struct thread *)object_make(KIND_THREAD, OBJECT_SIZE);
	thread->schedule.core = AFFINITY_ANY;
	must(thread_attach(thread, pd, 0, NULL, &blocked), "first component: thread");
}

static void component_start(void)
{
	struct context *user = &thread->machine->user;
	uint32_t entry = image_load(&info.modules[0]);
	uint64_t stack = memory_take(BOOT_STACK), page = memory_take(sizeof info);

	map(BOOT_STACK_TOP - BOOT_STACK, stack, BOOT_STACK, RIGHTS_DATA);
	memory_fill(page, &info, sizeof info);
	map(BOOT_INFO, page, sizeof info, RIGHT_READ);
	user->r[0] = BOOT_INFO;
	user->r[13] = BOOT_STACK_TOP - 8;
	user->r[15] = entry & ~1u;
	user->cpsr = PSR_USER | (entry & 1 ? PSR_THUMB : 0);
	thread->run = THREAD_RUNNING;
	thread->paused = false;
	schedule_update(thread);
}

static void core_start(struct core *core)
{
	core_init(core);
	cpu_core_write((uint32_t)(uintptr_t)core);
	vector_init(core->number);
	interrupt_core_init();
	interrupt_enable(TIMER_INTERRUPT);
	cpu_cpacr_write(cpu_cpacr_read() | COPROCESSORS_VFP);
	cpu_isb();
}

/* Nobody runs at physical addresses any more. */
static void start_forget(void)
{
	kernel_table[(BOARD_RAM + KERNEL_TEXT) >> 20] = 0;
	cpu_dsb();
	cpu_tlb_all(0);
	cpu_dsb();
	cpu_isb();
}

static _Noreturn void leave(void)
{
	struct context *next = schedule_next();

	core_leave();
	context_resume(next);
}

_Noreturn void kernel_other(uint32_t number)
{
	core_start(&cores[number]);
	core_arrive();
	(void)core_enter(false);
	leave();
}

_Noreturn void kernel_main(void)
{
	console_init();
	timer_init();
	interrupt_init();
	core_start(&cores[0]);
	(void)core_enter(false);
	core_release_others();
	start_forget();
	machine_describe();
	if (!info.module_count)
		kernel_panic("no modules", 0, 0);
	component_make();
	component_start();
	leave();
}
