/* SPDX-License-Identifier: MIT */
/* Calls of the target: messages as the kernel would bring them, see rtcr.h. */
#include <string.h>

#include <framework/env.h>
#include <kernel/machine.h>

#include "rtcr/intercept.h"
#include "test/fuzz/rtcr.h"

#define SIZE_ROW(service, name, in, out) [service##_op_##name] = sizeof(struct service##_##name##_request),
#define SIZE_TABLE(service, OPERATIONS)                                                            \
	static const uint32_t service##_sizes[service##_op_count] = {OPERATIONS(SIZE_ROW)};
SIZE_TABLE(parent, PARENT_OPERATIONS)
SIZE_TABLE(pd, PD_OPERATIONS)
SIZE_TABLE(cpu, CPU_OPERATIONS)
SIZE_TABLE(log, LOG_OPERATIONS)
SIZE_TABLE(rom, ROM_OPERATIONS)
SIZE_TABLE(timer, TIMER_OPERATIONS)
SIZE_TABLE(rm_service, RM_SERVICE_OPERATIONS)
SIZE_TABLE(terminal, TERMINAL_OPERATIONS)
SIZE_TABLE(irq, IRQ_OPERATIONS)
SIZE_TABLE(io_mem, IO_MEM_OPERATIONS)
SIZE_TABLE(dataspace, DATASPACE_OPERATIONS)
SIZE_TABLE(rm, RM_OPERATIONS)
SIZE_TABLE(cpu_thread, CPU_THREAD_OPERATIONS)

/* What an object answers: tables of sessions by service, then of the other kinds. */
enum { TABLE_DATASPACE = SERVICES, TABLE_MAP, TABLE_THREAD, TABLES };
#define TABLE(service) {service##_sizes, service##_op_count}
static const struct {
	const uint32_t *size;
	uint32_t count;
} tables[TABLES] = {
	[SERVICE_PARENT] = TABLE(parent), [SERVICE_PD] = TABLE(pd),       [SERVICE_CPU] = TABLE(cpu),
	[SERVICE_LOG] = TABLE(log),       [SERVICE_ROM] = TABLE(rom),     [SERVICE_TIMER] = TABLE(timer),
	[SERVICE_RM] = TABLE(rm_service), [SERVICE_TERMINAL] = TABLE(terminal),
	[SERVICE_IRQ] = TABLE(irq),       [SERVICE_IO_MEM] = TABLE(io_mem),
	[TABLE_DATASPACE] = TABLE(dataspace), [TABLE_MAP] = TABLE(rm), [TABLE_THREAD] = TABLE(cpu_thread),
};

static struct object *foreign[3];

void rtcr_calls_start(void)
{
	foreign[0] = kernel_object_make(KIND_SIGNAL);
	foreign[1] = kernel_object_make(KIND_ENDPOINT);
	foreign[2] = kernel_object_make(KIND_MEMORY);
}

struct pd *rtcr_domain(void)
{
	const struct pd *home = kernel_current()->pd;

	return target.exists ? (struct pd *)home->slots[target.child.native].object : NULL;
}

struct entry *rtcr_entry(const struct pd *pd, slot_t slot)
{
	const struct cap *cap = &pd->slots[slot];
	struct entry *entry;

	if (!cap->object)
		return NULL;
	const struct cap_entry seen = {.object = cap->object->id, .badge = cap->badge};
	return registry_of_cap(&seen, &entry) == OK ? entry : NULL;
}

slot_t rtcr_slot_any(const struct pd *pd, struct fuzz_input *input)
{
	uint32_t at = fuzz_byte(input);

	for (uint32_t i = 0; i < TARGET_SLOTS_USED && at < 240; i++)
		if (pd->slots[(at + i) % TARGET_SLOTS_USED].object)
			return (at + i) % TARGET_SLOTS_USED;
	return at % TARGET_SLOTS_USED;
}

slot_t rtcr_slot_of(const struct pd *pd, struct fuzz_input *input, enum entry_kind kind)
{
	uint32_t at = fuzz_byte(input);

	for (uint32_t i = 0; i < TARGET_SLOTS_USED; i++) {
		slot_t slot = (at + i) % TARGET_SLOTS_USED;
		const struct entry *entry = rtcr_entry(pd, slot);
		if (entry && entry->kind == kind)
			return slot;
	}
	return 0;
}

static uint32_t table_of(const struct entry *entry)
{
	switch (entry->kind) {
	case ENTRY_SESSION: return ((const struct session_entry *)entry)->service;
	case ENTRY_DATASPACE: return TABLE_DATASPACE;
	case ENTRY_MAP: return TABLE_MAP;
	default: return TABLE_THREAD;
	}
}

/* Of an operation that takes capabilities: which kind the first and the second should be. */
static enum entry_kind kind_wanted(uint32_t table, uint32_t opcode, uint32_t index, uint8_t how)
{
	switch (table) {
	case SERVICE_PD: return opcode == pd_op_ram_free ? ENTRY_DATASPACE : ENTRY_OBJECT;
	case SERVICE_CPU: return opcode == cpu_op_thread_create ? ENTRY_SESSION : ENTRY_THREAD;
	case SERVICE_RM: return ENTRY_MAP;
	case SERVICE_TERMINAL: return index ? ENTRY_OBJECT : ENTRY_DATASPACE;
	case TABLE_MAP: return opcode != rm_op_attach ? ENTRY_OBJECT : how & 4 ? ENTRY_DATASPACE : ENTRY_MAP;
	case SERVICE_PARENT: return ENTRY_SESSION;
	default: return ENTRY_OBJECT;
	}
}

static void payload_map(struct fuzz_input *input, struct rpc_message *message, bool space)
{
	uint8_t where = fuzz_byte(input), extent = fuzz_byte(input), rights = fuzz_byte(input);
	uint64_t size = (extent & 7u) * PAGE_SIZE;
	uint64_t address = where == 255 ? RM_ANYWHERE : (space ? PD_LOW : 0) + (where & 15u) * PAGE_SIZE;
	const struct rm_attach_request attach = {address, (extent >> 3 & 3u) * PAGE_SIZE, size, rights & 7u, rights >> 7};
	const struct rm_protect_request protect = {address, size, rights & 7u, 0};

	if (message->opcode == rm_op_attach)
		memcpy(message->payload, &attach, sizeof attach);
	else
		memcpy(message->payload, &protect, message->size);
}

static void payload_open(struct fuzz_input *input, struct rpc_message *message)
{
	static const char *const labels[] = {"", "program", "index", "none", "arguments"};
	struct parent_session_open_request open = {.id = fuzz_byte(input) % 16};
	uint8_t which = fuzz_byte(input);

	strcpy(open.service, service_names[which % SERVICES]);
	strcpy(open.label, labels[fuzz_byte(input) % 5]);
	memcpy(message->payload, &open, sizeof open);
}

static void payload_thread(struct fuzz_input *input, struct rpc_message *message)
{
	uint8_t core = fuzz_byte(input);
	struct cpu_thread_create_request create = {
		.index = fuzz_byte(input) % 8, .priority = fuzz_byte(input) % 66, .core = core < 128 ? AFFINITY_ANY : core % 3};

	strcpy(create.name, core & 1 ? "thread" : "");
	memcpy(message->payload, &create, sizeof create);
}

/* A request that has a chance to be served. */
static void payload_sound(struct fuzz_input *input, uint32_t table, struct rpc_message *message, bool space)
{
	uint64_t pages = (fuzz_byte(input) % 9) * PAGE_SIZE;
	uint32_t kind = KIND_ENDPOINT + fuzz_byte(input) % 3u;

	memset(message->payload, 0, message->size);
	if (table == SERVICE_PARENT && message->opcode == parent_op_session_open)
		payload_open(input, message);
	else if (table == SERVICE_CPU && message->opcode == cpu_op_thread_create)
		payload_thread(input, message);
	else if (table == TABLE_MAP && message->size)
		payload_map(input, message, space);
	else if (table == SERVICE_PD && message->opcode == pd_op_object_alloc)
		memcpy(message->payload, &kind, sizeof kind);
	else if (message->size >= 16)   /* times, ranges of a buffer */
		for (uint32_t at = 0; at + 8 <= message->size && at < 24; at += 8)
			message->payload[at + fuzz_byte(input) % 2] = fuzz_byte(input);
	else if (message->size >= 8)
		memcpy(message->payload, &pages, sizeof pages);
	else if (message->size)
		message->payload[0] = fuzz_byte(input) % 16;
}

/* As the kernel: what is the server's own comes as its badge, all else into the slots that it prepared. */
static void cap_send(struct rpc_message *message, uint32_t index, const struct cap *cap)
{
	struct pd *home = kernel_current()->pd;
	slot_t slot = utcb_self()->receive[index];

	if (!cap->object)
		return;
	if (cap->object == home->slots[rtcr_server.ep.slot].object && cap->badge) {
		message->known[index] = cap->badge;
		return;
	}
	cap_clear(&home->slots[slot]);
	cap_set(&home->slots[slot], cap->object, cap->rights, cap->badge);
	message->caps[index] = slot;
}

static void caps_send(struct fuzz_input *input, const struct pd *pd, uint32_t table, struct rpc_message *message)
{
	for (uint32_t i = 0; i < message->cap_count; i++) {
		uint8_t how = fuzz_byte(input);
		slot_t slot = how < 208 ? rtcr_slot_of(pd, input, kind_wanted(table, message->opcode, i, how))
		                        : rtcr_slot_any(pd, input);
		if (how >= 248) {
			struct cap cap = {.object = NULL};
			cap_set(&cap, foreign[how % 3], RIGHT_ALL, how & 4 ? BADGE_OF(2) : 0);
			cap_send(message, i, &cap);
			cap_clear(&cap);
		} else if (how < 240) {
			cap_send(message, i, &pd->slots[slot]);
		}
	}
}

/* `slot` of the target, or the next that is empty, or whatever is there. */
static slot_t slot_empty(const struct pd *pd, slot_t slot)
{
	for (uint32_t i = 0; i < TARGET_SLOTS_USED; i++, slot++) {
		slot = slot % TARGET_SLOTS_USED < SLOT_FREE ? SLOT_FREE : slot % TARGET_SLOTS_USED;
		if (!pd->slots[slot].object)
			return slot;
	}
	return SLOT_FREE + slot % (TARGET_SLOTS_USED - SLOT_FREE);
}

static void reply_deliver(struct pd *pd, const struct rpc_message *reply, slot_t to)
{
	const struct pd *home = kernel_current()->pd;

	FUZZ_CHECK(reply->size <= RPC_PAYLOAD && reply->cap_count <= MESSAGE_CAPS, "a reply that does not fit");
	for (uint32_t i = 0; i < reply->cap_count; i++) {
		const struct cap *cap = &home->slots[reply->caps[i]];
		uint32_t mint = reply->caps[RPC_MINT + i];
		struct cap *target_cap = &pd->slots[slot_empty(pd, to)];
		FUZZ_CHECK(reply->caps[i] && cap->object, "a reply promises a capability that is not there");
		FUZZ_CHECK(!mint || (!cap->badge && cap->rights & RIGHT_GRANT), "a badge that the kernel would not give");
		cap_clear(target_cap);
		cap_set(target_cap, cap->object, mint ? cap->rights & RIGHT_SEND : cap->rights, mint ? mint : cap->badge);
	}
}

/* A slot that a handler kept is replaced, as server.c does. */
static void receive_refill(const slot_t *arrived, const struct rpc_message *message)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < message->cap_count; i++)
		if (arrived[i] && !message->caps[i])
			FUZZ_CHECK(slot_take(&utcb->receive[i]) == OK, "no slots");
}

/* Let the RTCR answer; what comes goes to slot `to`, or a later one. */
static err_t call_serve(struct pd *pd, struct entry *entry, struct rpc_message *message, slot_t to)
{
	static struct rpc_message reply;
	slot_t arrived[MESSAGE_CAPS];

	memcpy(arrived, message->caps, sizeof arrived);
	reply.size = reply.cap_count = 0;
	err_t err = intercept(entry, message, &reply);
	FUZZ_CHECK(err < ERR_COUNT, "an answer that is no error code");
	receive_refill(arrived, message);
	if (err == OK)
		reply_deliver(pd, &reply, to);
	return err;
}

void rtcr_call(struct fuzz_input *input)
{
	static struct rpc_message message;
	struct pd *pd = rtcr_domain();
	uint8_t how = fuzz_byte(input);
	slot_t slot = how < 64 ? rtcr_slot_of(pd, input, (enum entry_kind)(how % (ENTRY_THREAD + 1)))
	                       : rtcr_slot_any(pd, input);
	const struct cap *cap = &pd->slots[slot];

	if (!cap->object || cap->object != kernel_current()->pd->slots[rtcr_server.ep.slot].object)
		return;
	struct entry *entry = cap->badge > SERVER_BADGES ? registry_find(cap->badge - SERVER_BADGES) : NULL;
	FUZZ_CHECK(entry, "the target has a capability to nothing");
	uint32_t table = table_of(entry);
	message = (struct rpc_message){.opcode = fuzz_byte(input) % 12, .cap_count = how % 8 ? 2 : fuzz_byte(input) % 5};
	if (message.opcode < tables[table].count && how % 16 != 15) {
		message.size = (tables[table].size[message.opcode] + 3) / 4 * 4;
		if (how % 4 == 3)
			fuzz_payload(input, message.payload, message.size);
		else
			payload_sound(input, table, &message, entry->id == target.space);
	} else {
		message.size = fuzz_byte(input) % (RPC_PAYLOAD / 4 + 1) * 4;
		fuzz_payload(input, message.payload, message.size);
	}
	caps_send(input, pd, table, &message);
	err_t ignored = call_serve(pd, entry, &message, fuzz_byte(input));
	(void)ignored;
}

err_t rtcr_request(slot_t of, uint32_t opcode, const void *payload, uint32_t size, slot_t first, slot_t second, slot_t to)
{
	static struct rpc_message message;
	struct pd *pd = rtcr_domain();
	struct entry *entry = rtcr_entry(pd, of);

	FUZZ_CHECK(entry, "what it asks is not there");
	message = (struct rpc_message){.opcode = opcode, .size = (size + 3) / 4 * 4, .cap_count = 2};
	memcpy(message.payload, payload, size);
	cap_send(&message, 0, &pd->slots[first]);
	cap_send(&message, 1, &pd->slots[second]);
	return call_serve(pd, entry, &message, to);
}

static void request(slot_t of, uint32_t opcode, const void *payload, uint32_t size, slot_t first, slot_t second, slot_t to)
{
	FUZZ_CHECK(rtcr_request(of, opcode, payload, size, first, second, to) == OK, "a request that is right");
}

void rtcr_belongings_make(void)
{
	static const char *const services[] = {"ROM", "TIMER", "RM", "TERMINAL", "IRQ", "IO_MEM"};
	const uint64_t four = 4 * PAGE_SIZE;
	const struct cpu_thread_create_request thread = {.index = 1, .core = AFFINITY_ANY, .name = "second"};
	const struct cpu_thread_start_request start = {PD_LOW, PD_LOW, 0};
	const struct rm_attach_request show = {PD_LOW, 0, 0, RIGHT_READ, 0}, inside = {0, 0, 0, RIGHT_READ | RIGHT_WRITE, 0};
	const struct rm_attach_request beside = {PD_LOW + 2 * four, 0, 0, RIGHT_READ | RIGHT_WRITE, 0};
	const struct irq_bind_request armed = {0, 0};
	const struct rm_attach_request nested = {PD_LOW + four, 0, 0, RIGHT_READ | RIGHT_WRITE, 0};

	for (uint32_t i = 0; i < 6; i++) {
		struct parent_session_open_request open = {.id = i + 1, .label = "program"};
		strcpy(open.service, services[i]);
		request(SLOT_PARENT, parent_op_session_open, &open, sizeof open, SLOT_PD, 0, BELONGS_ROM + i);
	}
	for (uint32_t i = 0; i < 3; i++) {
		const struct pd_object_alloc_request object = {.kind = (const uint32_t[]){KIND_SIGNAL, KIND_ENDPOINT, KIND_REPLY}[i]};
		request(SLOT_PD, pd_op_object_alloc, &object, sizeof object, 0, 0, BELONGS_SIGNAL + i);
	}
	request(BELONGS_ROM, rom_op_dataspace, "", 0, 0, 0, BELONGS_FILE);
	request(SLOT_PD, pd_op_ram_alloc, &four, sizeof four, 0, 0, BELONGS_MEMORY);
	request(BELONGS_RM, rm_service_op_create, &four, sizeof four, 0, 0, BELONGS_MAP);
	request(SLOT_CPU, cpu_op_thread_create, &thread, sizeof thread, SLOT_PD, 0, BELONGS_THREAD);
	request(BELONGS_THREAD, cpu_thread_op_start, &start, sizeof start, 0, 0, 0);
	request(SLOT_ADDRESS_SPACE, rm_op_attach, &show, sizeof show, BELONGS_FILE, 0, 0);
	request(BELONGS_MAP, rm_op_attach, &inside, sizeof inside, BELONGS_MEMORY, 0, 0);
	request(SLOT_ADDRESS_SPACE, rm_op_attach, &nested, sizeof nested, BELONGS_MAP, 0, 0);
	request(BELONGS_TERMINAL, terminal_op_buffer, "", 0, BELONGS_MEMORY, BELONGS_SIGNAL, 0);
	request(BELONGS_TIMER, timer_op_handler, "", 0, BELONGS_SIGNAL, 0, 0);
	request(BELONGS_MAP, rm_op_fault_handler, "", 0, BELONGS_SIGNAL, 0, 0);
	request(BELONGS_IRQ, irq_op_bind, &armed, sizeof armed, BELONGS_SIGNAL, 0, BELONGS_LINE);
	request(BELONGS_IO_MEM, io_mem_op_registers, "", 0, 0, 0, BELONGS_REGISTERS);
	request(SLOT_ADDRESS_SPACE, rm_op_attach, &beside, sizeof beside, BELONGS_REGISTERS, 0, 0);
}
