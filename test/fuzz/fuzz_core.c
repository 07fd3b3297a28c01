/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: core against a hostile component. Each input is a sequence of calls to whatever the component holds or
 * made, of copies, faults, failures and passing time, in a protection domain of its own with little quota. After
 * each step the accounts are right; at the end the parent destroys the domain and everything is as it was before.
 */
#include <stdio.h>
#include <string.h>

#include <cpu/session.h>
#include <framework/rpc.h>
#include <kernel/boot.h>
#include <kernel/machine.h>
#include <kernel/pd.h>
#include <kernel/thread.h>
#include <parent/session.h>
#include <pd/session.h>
#include <rm/session.h>

#include "test/fuzz/core.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/heap.h"
#include "test/fuzz/kernel.h"

enum { CHILD = 16, FIRST = 64, SLOTS = 48, BELONGINGS = FIRST + 8, SESSIONS = 7, DEVICE_SESSIONS = 2 };
enum { STEPS = 96, SPARE_REPLIES = 40, SLOTS_CHECKED_EVERY = 128 };
enum { QUOTA_RAM = 512 * 4096, QUOTA_CAPS = 40 };

static struct pd *root;
static struct core_state before;
static uint32_t objects_before, inputs;

/* Sessions that the component opened through core's PARENT, which only ever had init as a client. */
static uint32_t opened[STEPS], opened_count;

static void open_session(uint32_t id, const char *service, const char *label, slot_t to)
{
	struct parent_session_open_request request = {.id = id};
	struct parent_session_open_reply reply;
	const slot_t payer = CHILD;

	strcpy(request.service, service);
	strcpy(request.label, label);
	FUZZ_CHECK(parent_session_open((ep_t){SLOT_PARENT}, &request, &payer, &reply, &to) == OK, "session_open");
}

/* Things to begin with: two dataspaces, three region maps, a signal, a thread that runs. */
static void belongings_make(void)
{
	const struct pd_ram_alloc_request memory[2] = {{8 * PAGE_SIZE}, {3 * PAGE_SIZE}};
	const struct rm_service_create_request map = {16 * PAGE_SIZE};
	const struct pd_object_alloc_request signal = {.kind = KIND_SIGNAL};
	const struct cpu_thread_create_request thread = {.index = 1, .core = AFFINITY_ANY, .name = "x"};
	const struct cpu_thread_start_request start = {PD_LOW, PD_LOW, 0};
	const slot_t to[] = {BELONGINGS, BELONGINGS + 1, BELONGINGS + 2, BELONGINGS + 3, BELONGINGS + 4, BELONGINGS + 5,
	                     BELONGINGS + 6}, pd = FIRST;
	static const uint8_t maps[] = {2, 5, 6};
	struct pd_ram_alloc_reply nothing;

	for (int i = 0; i < 2; i++)
		FUZZ_CHECK(pd_ram_alloc((ep_t){FIRST}, &memory[i], NULL, &nothing, &to[i]) == OK, "ram_alloc");
	for (int i = 0; i < 3; i++)
		FUZZ_CHECK(rm_service_create((ep_t){FIRST + 5}, &map, NULL, (void *)&nothing, &to[maps[i]]) == OK,
		           "create");
	FUZZ_CHECK(pd_object_alloc((ep_t){FIRST}, &signal, NULL, (void *)&nothing, &to[3]) == OK, "object_alloc");
	FUZZ_CHECK(cpu_thread_create((ep_t){FIRST + 1}, &thread, &pd, (void *)&nothing, &to[4]) == OK, "thread");
	FUZZ_CHECK(cpu_thread_start((ep_t){to[4]}, &start, NULL, (void *)&nothing, NULL) == OK, "start");
}

/* The component and what its parent gave it. */
static void attacker_make(void)
{
	static const struct {
		const char *service, *label;
	} sessions[SESSIONS] = {{"CPU", ""}, {"ROM", "x -> " CORE_MODULE}, {"LOG", "x"}, {"TIMER", ""}, {"RM", ""},
	                         {"IO_MEM", "x -> second"}, {"IRQ", "x -> first"}};
	const uint32_t plain = SESSIONS - DEVICE_SESSIONS;
	const struct pd_child_create_request request = {.ram = QUOTA_RAM, .caps = QUOTA_CAPS, .slots = 64, .name = "x"};
	const struct pd_address_space_request space = {};
	struct pd_child_create_reply created;
	struct pd_address_space_reply replied;
	const slot_t child = CHILD, space_slot = FIRST + 6;

	FUZZ_CHECK(pd_child_create((ep_t){SLOT_PD}, &request, NULL, &created, &child) == OK, "child_create");
	FUZZ_CHECK(cap_copy(PD_SELF, CHILD, PD_SELF, FIRST, RIGHT_ALL, 0) == OK, "cap_copy");
	for (uint32_t i = 0; i < SESSIONS; i++)
		open_session(i + 1, sessions[i].service, sessions[i].label,
		             i < plain ? FIRST + 1 + i : BELONGINGS + 7 + (i - plain));
	FUZZ_CHECK(pd_address_space((ep_t){FIRST}, &space, NULL, &replied, &space_slot) == OK, "address_space");
	FUZZ_CHECK(cap_copy(PD_SELF, SLOT_PARENT, PD_SELF, FIRST + 7, RIGHT_ALL, 0) == OK, "cap_copy");
	belongings_make();
}

static slot_t slot_any(struct fuzz_input *input)
{
	uint32_t at = fuzz_byte(input);

	if (at < 160)
		return FIRST + at % SLOTS;
	/* Rather one that is used. */
	for (uint32_t i = 0; i < SLOTS; i++)
		if (root->slots[FIRST + (at + i) % SLOTS].object)
			return FIRST + (at + i) % SLOTS;
	return FIRST;
}

/* Where there is nothing yet. */
static slot_t slot_empty(struct fuzz_input *input)
{
	uint32_t at = fuzz_byte(input);

	for (uint32_t i = 0; i < SLOTS; i++)
		if (!root->slots[FIRST + (at + i) % SLOTS].object)
			return FIRST + (at + i) % SLOTS;
	return 0;
}

/* Call what `slot` holds, if that is an object of core, with the message that lies ready. */
static void core_call(slot_t slot)
{
	struct utcb *utcb = utcb_self();
	uint32_t opcode = utcb->words[0], id = utcb->words[1];
	bool opens = root->slots[slot].badge == root->slots[SLOT_PARENT].badge && opcode == parent_op_session_open;
	err_t err = ipc_call((ep_t){slot});

	if (err == ERR_RIGHTS)   /* a copy with fewer rights */
		return;
	FUZZ_CHECK(err == OK && utcb->word_count >= 1 && utcb->words[0] < ERR_COUNT, "core answers each call");
	if (opens && utcb->words[0] == OK)
		opened[opened_count++] = id;
}

static bool slot_is_core(slot_t slot)
{
	const struct pd *first = kernel_first();

	return root->slots[slot].object == first->slots[core_slot_ep()].object;
}

/* A call: where to, what, and with what is the input's choice; the size is mostly the right one. */
static void step_call(struct fuzz_input *input, uint8_t how)
{
	struct utcb *utcb = utcb_self();
	slot_t slot = slot_any(input);
	uint32_t opcode = fuzz_byte(input) % 12, caps = how % 3;

	if (!slot_is_core(slot))
		return;
	uint32_t size = core_request_size(root->slots[slot].badge, opcode);
	if (how % 16 == 0 || size > RPC_PAYLOAD)
		size = fuzz_byte(input) % (RPC_PAYLOAD + 1);
	utcb->words[0] = opcode;
	fuzz_payload(input, utcb->words + 1, size);
	utcb->word_count = how % 32 == 31 ? (uint32_t)fuzz_number(input) : 1 + (size + 3) / 4;
	utcb->cap_count = how % 32 == 30 ? (uint32_t)fuzz_number(input) : caps;
	for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
		utcb->caps[i] = i < caps ? slot_any(input) : 0;
		utcb->receive[i] = 0;
	}
	utcb->receive[0] = slot_empty(input);
	core_call(slot);
}

/* Attach, detach, protect with small numbers, so that regions meet. */
static void step_map(struct fuzz_input *input)
{
	static const slot_t maps[] = {BELONGINGS - 2, BELONGINGS + 2, BELONGINGS + 5, BELONGINGS + 6};
	struct utcb *utcb = utcb_self();
	uint8_t what = fuzz_byte(input), where = fuzz_byte(input), extent = fuzz_byte(input), rest = fuzz_byte(input);
	slot_t slot = what & 0x80 ? slot_any(input) : maps[what >> 5 & 3];
	uint64_t base = slot == maps[0] ? PD_LOW : 0, size = (extent & 7u) * PAGE_SIZE;
	struct rm_attach_request attach = {where == 255 ? RM_ANYWHERE : base + (where & 15u) * PAGE_SIZE,
	                                   (extent >> 3 & 7u) * PAGE_SIZE, size, rest & 7u,
	                                   (rest >> 7 ? RM_POPULATE : 0) | (what >> 3 & 1 ? RM_LENT : 0)};
	const struct rm_detach_request detach = {attach.address, size};
	const struct rm_protect_request protect = {attach.address, size, rest & 7u, 0};

	if (!slot_is_core(slot))
		return;
	utcb->words[0] = what % 4 < 2 ? rm_op_attach : what % 4 == 2 ? rm_op_detach : rm_op_protect;
	uint32_t bytes = what % 4 < 2 ? sizeof attach : what % 4 == 2 ? sizeof detach : sizeof protect;
	memcpy(utcb->words + 1, what % 4 < 2 ? (void *)&attach : what % 4 == 2 ? (void *)&detach : (void *)&protect, bytes);
	utcb->word_count = 1 + bytes / 4;
	utcb->caps[0] = rest & 0x40 ? slot_any(input) : BELONGINGS + (rest >> 4 & 3u) % 3;
	utcb->cap_count = what % 4 < 2;
	utcb->receive[0] = 0;
	core_call(slot);
}

/* Attach what somebody lent, and go on using it when that was freed: a spare page is in its place. */
static void step_lent(struct fuzz_input *input)
{
	const struct pd_ram_alloc_request alloc = {(1 + fuzz_byte(input) % 3) * PAGE_SIZE};
	const struct rm_attach_request attach = {PD_LOW + (fuzz_byte(input) & 15u) * PAGE_SIZE, 0, 0,
	                                         RIGHT_READ | RIGHT_WRITE, RM_LENT};
	const struct rm_protect_request protect = {attach.address, alloc.size, RIGHT_READ | RIGHT_WRITE, 0};
	const struct pd_ram_free_request free = {};
	const slot_t slot = slot_empty(input);
	struct pd_ram_alloc_reply nothing;
	struct rm_attach_reply attached;

	if (!slot || !slot_is_core(FIRST) || !slot_is_core(FIRST + 6) ||
	    pd_ram_alloc((ep_t){FIRST}, &alloc, NULL, &nothing, &slot) != OK)
		return;
	err_t ignored = rm_attach((ep_t){FIRST + 6}, &attach, &slot, &attached, NULL);
	ignored = pd_ram_free((ep_t){FIRST}, &free, &slot, (void *)&nothing, NULL);
	ignored = rm_protect((ep_t){FIRST + 6}, &protect, NULL, (void *)&nothing, NULL);
	(void)ignored;
}

static void step_copy(struct fuzz_input *input)
{
	uint32_t rights = fuzz_byte(input), badge = fuzz_byte(input) & 0x80 ? (uint32_t)fuzz_number(input) : 0;
	slot_t from = slot_any(input), to = slot_empty(input);
	err_t ignored = cap_copy(PD_SELF, from, PD_SELF, to, rights, badge);

	(void)ignored;
}

/* What a component may try at the kernel with capabilities that core gave. */
static void step_kernel(struct fuzz_input *input)
{
	slot_t slot = slot_any(input), other = slot_any(input);
	uint64_t address = fuzz_number(input), offset = fuzz_number(input), size = fuzz_number(input);
	uint32_t rights = fuzz_byte(input);
	err_t err = OK;

	switch (fuzz_byte(input) % 8) {
	case 0: err = pd_map((pd_t){slot}, address, (memory_t){other}, offset, size, rights); break;
	case 1: err = pd_protect((pd_t){slot}, address, size, rights); break;
	case 2: err = object_revoke((cap_t){slot}); FUZZ_CHECK(err != OK, "a component destroyed an object of core"); break;
	case 3: err = cap_copy(PD_SELF, slot, (pd_t){other}, 1 + rights % 63, RIGHT_ALL, 0); break;
	case 4: err = thread_pause((thread_t){slot}, 1000); break;
	case 5: err = thread_resume((thread_t){slot}); break;
	case 6: err = memory_derive((memory_t){slot}, offset, size, other); FUZZ_CHECK(err != OK, "derived"); break;
	default: err = cap_delete(PD_SELF, slot); break;
	}
	(void)err;
}

static void step_fault(struct fuzz_input *input)
{
	uint8_t which = fuzz_byte(input), fault = fuzz_byte(input) % 16 ? FAULT_PAGE : fuzz_byte(input) % 10;
	uint32_t access = 1u << fuzz_byte(input) % 3;
	uint64_t address = fuzz_number(input);

	for (struct thread *thread = kernel_threads(); thread; thread = thread->machine->next)
		if (!thread->machine->entry && thread->pd && thread->run == THREAD_RUNNING && thread->fault_ep.object &&
		    !thread_is_paused(thread) && which-- == 0) {
			kernel_fault(thread, fault, access, address);
			return;
		}
}

static void step(struct fuzz_input *input)
{
	uint8_t how = fuzz_byte(input);

	if (how < 112)
		step_call(input, how);
	else if (how < 192)
		step_map(input);
	else if (how < 208)
		step_kernel(input);
	else if (how < 216)
		step_copy(input);
	else if (how < 240)
		step_fault(input);
	else if (how < 243)
		step_lent(input);
	else if (how < 246)
		clock_advance(fuzz_number(input) % (1ul << 40));
	else if (how < 251)
		kernel_fail_after(1 + fuzz_byte(input) % 8);
	else
		heap_fail_after(1 + fuzz_byte(input) % 8);
}

/* In place of core's range_give: what is given back, no domain sees any more, not even for an instant. */
void __real_range_give(uint64_t offset, uint64_t size);
void __wrap_range_give(uint64_t offset, uint64_t size);
void __wrap_range_give(uint64_t offset, uint64_t size)
{
	for (const struct pd *pd = kernel_domains(); pd; pd = pd->machine->next)
		for (uint32_t i = 0; i < pd->machine->count; i++) {
			const struct mapping *mapping = &pd->machine->mapping[i];
			FUZZ_CHECK(offset >= mapping->offset + mapping->size || mapping->offset >= offset + size,
			           "memory that a domain sees was given back");
		}
	__real_range_give(offset, size);
}

/* Everything that a domain can touch is what core says it sees there. */
static void mappings_check(const struct pd *pd, slot_t native)
{
	for (uint32_t i = 0; i < pd->machine->count; i++) {
		const struct mapping *mapping = &pd->machine->mapping[i];
		const uint64_t at[] = {0, (mapping->size / 2) & ~(PAGE_SIZE - 1), mapping->size - PAGE_SIZE};
		for (uint32_t k = 0; k < 3; k++) {
			uint64_t offset;
			uint32_t rights;
			FUZZ_CHECK(core_look(native, mapping->address + at[k], &offset, &rights),
			           "a domain has memory mapped that its region map does not show");
			FUZZ_CHECK(offset == mapping->offset + at[k], "a domain has other memory mapped than its map shows");
			FUZZ_CHECK(!(mapping->limit & ~rights), "a domain has more rights than its map gives");
		}
	}
}

static void cap_check(const struct cap *cap)
{
	const struct pd *first = kernel_first();
	uint32_t rights = cap->rights;

	switch (cap->object->kind) {
	case KIND_PD: FUZZ_CHECK(!(rights & (RIGHT_DESTROY | RIGHT_GRANT)), "rights to a domain"); break;
	case KIND_MEMORY: FUZZ_CHECK(!(rights & (RIGHT_CONTROL | RIGHT_WRITE)), "rights to memory"); break;
	case KIND_ENDPOINT:
		if (cap->object == first->slots[core_slot_ep()].object)
			FUZZ_CHECK(cap->badge && cap->badge < 0x80000000u && !(rights & ~RIGHT_SEND), "core's endpoint");
		FUZZ_CHECK(!(rights & RIGHT_DESTROY), "the right to destroy");
		break;
	case KIND_INTERRUPT: FUZZ_CHECK(!(rights & ~RIGHT_SEND), "rights to an interrupt"); break;
	case KIND_CONSOLE:
	case KIND_HOST: FUZZ_CHECK(false, "a capability of the machine"); break;
	default: FUZZ_CHECK(!(rights & RIGHT_DESTROY), "the right to destroy");
	}
}

static void domains_check(void)
{
	const struct pd *first = kernel_first();

	for (const struct pd *pd = kernel_domains(); pd; pd = pd->machine->next) {
		if (pd == first)
			continue;
		for (const struct cap *cap = pd->object.caps; cap; cap = cap->next)
			if (cap > first->slots && cap < first->slots + first->slot_count && cap->rights == RIGHT_ALL)
				mappings_check(pd, (slot_t)(cap - first->slots));
		for (slot_t slot = 1; slot < pd->slot_count; slot++)
			if (pd->slots[slot].object)
				cap_check(&pd->slots[slot]);
	}
}

static void session_end(uint32_t id)
{
	const struct parent_session_close_request request = {.id = id};
	struct parent_session_close_reply reply;
	err_t ignored = parent_session_close((ep_t){SLOT_PARENT}, &request, NULL, &reply, NULL);

	(void)ignored;   /* closed by the component already */
}

static void attacker_destroy(void)
{
	const struct pd_child_destroy_request request = {};
	struct pd_child_destroy_reply reply;
	const slot_t child = CHILD;

	FUZZ_CHECK(pd_child_destroy((ep_t){SLOT_PD}, &request, &child, &reply, NULL) == OK, "child_destroy");
	/* What is left are names of things that others own: the module, and core as parent. */
	for (slot_t slot = FIRST; slot < FIRST + SLOTS; slot++)
		if (root->slots[slot].object) {
			uint32_t kind = root->slots[slot].object->kind;
			FUZZ_CHECK(kind == KIND_ENDPOINT || kind == KIND_MEMORY, "a capability outlived its owner");
			FUZZ_CHECK(cap_delete(PD_SELF, slot) == OK, "cap_delete");
		}
	for (uint32_t id = 1; id <= SESSIONS; id++)
		session_end(id);
	while (opened_count)
		session_end(opened[--opened_count]);
}

static uint32_t slots_free(void)
{
	kernel_driver_enter(kernel_first());
	uint32_t count = core_slots_free();
	kernel_driver_enter(root);
	return count;
}

/* As before, but for reply objects that core keeps and pages that kernel objects were cut from. */
static void state_check(void)
{
	struct core_state after;
	uint64_t kept = (uint64_t)(kernel_donation_peak() / 16 + 1) * PAGE_SIZE;

	core_quota_check();
	core_state_read(&after);
	after.slots_free = inputs++ % SLOTS_CHECKED_EVERY ? before.slots_free : slots_free();
	FUZZ_CHECK(after.objects == before.objects, "an object of core is left");
	FUZZ_CHECK(after.blocks <= before.blocks + SPARE_REPLIES, "memory of core is left");
	FUZZ_CHECK(after.slots_free + SPARE_REPLIES + 1 >= before.slots_free, "slots of core are left");
	FUZZ_CHECK(after.memory_free + kept >= before.memory_free, "memory of the machine is left");
	FUZZ_CHECK(kernel_object_count() <= objects_before + SPARE_REPLIES + 1, "kernel objects are left");
}

static void start(void)
{
	core_start();
	root = kernel_domains();
	attacker_make();
	attacker_destroy();
	core_state_read(&before);
	before.slots_free = slots_free();
	objects_before = kernel_object_count();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, data + size};

	if (!root)
		start();
	attacker_make();
	for (int i = 0; i < STEPS && input.at < input.end; i++) {
		step(&input);
		core_quota_check();
	}
	kernel_fail_after(0);
	heap_fail_after(0);
	domains_check();
	attacker_destroy();
	state_check();
	return 0;
}
