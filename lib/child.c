/* SPDX-License-Identifier: MIT */
/* Making a child, see framework/child.h. */
#include <cpu/session.h>
#include <framework/child.h>
#include <framework/format.h>
#include <framework/layout.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/thread.h>
#include <pd/session.h>
#include <rm/session.h>

static uint64_t page_up(uint64_t address)
{
	return (address + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

static uint64_t page_down(uint64_t address)
{
	return address & ~(uint64_t)(PAGE_SIZE - 1);
}

/* Where the bytes of the file end; what follows is zero and gets no memory before it is touched. */
static uint64_t filled_end(const struct elf_plan *plan)
{
	uint64_t end = plan->low;

	for (uint32_t i = 0; i < plan->segment_count; i++)
		if (plan->segments[i].file_size)
			end = page_up(plan->segments[i].address + plan->segments[i].file_size);
	return end;
}

static err_t image_fill(const struct elf_plan *plan, const uint8_t *bytes, ds_t ds)
{
	uint64_t filled = filled_end(plan) - plan->low;
	void *window;

	if (!filled)
		return OK;
	err_t err = ds_attach(ds, 0, filled, RIGHT_READ | RIGHT_WRITE, RM_POPULATE, &window);
	if (err != OK)
		return err;
	for (uint32_t i = 0; i < plan->segment_count; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		memcpy((uint8_t *)window + (segment->address - plan->low), bytes + segment->file_offset, segment->file_size);
	}
	ds_detach(window, filled);
	return OK;
}

/* One dataspace for the whole image, shown segment by segment. */
static err_t image_load(const struct child_memory *memory, const struct elf_plan *plan, const uint8_t *bytes)
{
	ds_t ds;
	err_t err = memory->alloc(memory->context, plan->high - plan->low, &ds);

	if (err != OK)
		return err;
	err = image_fill(plan, bytes, ds);
	for (uint32_t i = 0; i < plan->segment_count && err == OK; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		uint64_t start = page_down(segment->address), end = page_up(segment->address + segment->memory_size);
		err = memory->attach(memory->context, ds, start - plan->low, end - start, start, segment->rights);
	}
	memory->release(memory->context, ds);
	return err;
}

static err_t stack_load(const struct child_memory *memory)
{
	ds_t stack;
	err_t err = memory->alloc(memory->context, BOOT_STACK, &stack);

	if (err != OK)
		return err;
	err = memory->attach(memory->context, stack, 0, BOOT_STACK, BOOT_STACK_TOP - BOOT_STACK, RIGHT_READ | RIGHT_WRITE);
	memory->release(memory->context, stack);
	return err;
}

err_t child_load(const struct child_memory *memory, const void *bytes, uint64_t size, uint64_t *entry,
                 const char **sentence)
{
	struct elf_plan plan;
	err_t err = elf_read(bytes, size, MACHINE_ELF, &plan, sentence);

	if (err == OK)
		err = image_load(memory, &plan, bytes);
	if (err == OK)
		err = stack_load(memory);
	if (err == OK)
		*entry = plan.entry;
	return err;
}

uint64_t child_stack(void)
{
	return BOOT_STACK_TOP - 8;
}

static err_t plain_alloc(void *context, uint64_t size, ds_t *ds)
{
	const struct child *child = context;
	const struct pd_ram_alloc_request request = {size};
	struct pd_ram_alloc_reply reply;
	slot_t slot;
	err_t err = slot_take(&slot);

	if (err != OK)
		return err;
	err = pd_ram_alloc((ep_t){child->pd}, &request, NULL, &reply, &slot);
	if (err != OK)
		slot_give(slot);
	else
		*ds = (ds_t){slot};
	return err;
}

static err_t plain_attach(void *context, ds_t ds, uint64_t offset, uint64_t size, uint64_t address, uint32_t rights)
{
	const struct child *child = context;
	const struct rm_attach_request request = {address, offset, size, rights, 0};
	struct rm_attach_reply reply;

	return rm_attach((ep_t){child->space}, &request, &ds.slot, &reply, NULL);
}

/* The dataspace stays the child's. */
static void plain_release(void *context, ds_t ds)
{
	(void)context;
	slot_give(ds.slot);
}

const struct child_memory child_plain_memory = {plain_alloc, plain_attach, plain_release, NULL};

static err_t slots_prepare(struct child *child)
{
	slot_t *const slots[] = {&child->pd, &child->space, &child->native, &child->thread};
	err_t err = OK;

	*child = (struct child){0};
	for (uint32_t i = 0; i < sizeof slots / sizeof *slots && err == OK; i++)
		err = slot_take(slots[i]);
	return err;
}

static void slots_release(struct child *child)
{
	slot_give(child->pd);
	slot_give(child->space);
	slot_give(child->native);
	slot_give(child->thread);
	*child = (struct child){0};
}

err_t child_make(const struct pd_child_create_request *request, struct child *child)
{
	const struct pd_address_space_request space = {};
	const struct pd_native_request native = {};
	struct pd_child_create_reply created;
	struct pd_address_space_reply space_reply;
	struct pd_native_reply native_reply;
	struct session cpu;
	err_t err = slots_prepare(child);

	if (err == OK)
		err = pd_child_create((ep_t){SLOT_PD}, request, NULL, &created, &child->pd);
	if (err != OK) {
		slots_release(child);
		return err;
	}
	err = pd_address_space((ep_t){child->pd}, &space, NULL, &space_reply, &child->space);
	if (err == OK)
		err = pd_native((ep_t){child->pd}, &native, NULL, &native_reply, &child->native);
	if (err == OK)
		err = session_open("CPU", "", 0, &cpu);
	if (err != OK) {
		child_destroy(child);
		return err;
	}
	child->cpu = cpu.ep.slot;
	child->cpu_id = cpu.id;
	return OK;
}

err_t child_give(const struct child *child, slot_t from, slot_t to)
{
	return cap_copy(PD_SELF, from, (pd_t){child->native}, to, RIGHT_SEND, 0);
}

err_t child_start(struct child *child, const char *name, uint64_t entry)
{
	struct cpu_thread_create_request create = {.core = AFFINITY_ANY};
	struct cpu_thread_create_reply created;
	const struct cpu_thread_start_request start = {entry, child_stack(), 0};
	struct cpu_thread_start_reply started;

	text_copy(create.name, sizeof create.name, name);
	err_t err = cpu_thread_create((ep_t){child->cpu}, &create, &child->pd, &created, &child->thread);
	if (err == OK)
		err = child_give(child, child->thread, SLOT_THREAD);
	return err == OK ? cpu_thread_start((ep_t){child->thread}, &start, NULL, &started, NULL) : err;
}

void child_destroy(struct child *child)
{
	const struct pd_child_destroy_request request = {};
	struct pd_child_destroy_reply reply;

	if (!child->pd)
		return;
	err_t ignored = pd_child_destroy((ep_t){SLOT_PD}, &request, &child->pd, &reply, NULL);
	(void)ignored;
	if (child->cpu) {
		struct session cpu = {child->cpu_id, {child->cpu}};
		session_close(&cpu);
	}
	slots_release(child);
}
