/* SPDX-License-Identifier: MIT */
/* Objects of the services, and those of parent and PD: see services.h. */
#include <stdlib.h>
#include <string.h>

#include <framework/server.h>
#include <kernel/machine.h>
#include <pd/session.h>
#include <rm/session.h>

#include "test/fuzz/services.h"

enum { HOME_SLOTS = 4096, RAM_MAX = 1 << 22 };

static struct {
	struct pd *home;
	struct object *ep;
	struct served *first;
	uint32_t badges;
	uint32_t fail_after;
	err_t failure;
	struct {
		struct object *object;
		uint32_t rights, badge;
	} answer;
} services;

void services_fail_after(uint32_t count, err_t err)
{
	services.fail_after = count;
	services.failure = err;
}

struct served *served_first(void)
{
	return services.first;
}

struct served *served_find(uint32_t badge)
{
	struct served *served = services.first;

	while (served && served->badge != badge)
		served = served->next;
	return served;
}

struct served *served_of_slot(slot_t slot, enum served_type type)
{
	const struct cap *cap = slot && slot < HOME_SLOTS ? &services.home->slots[slot] : NULL;
	struct served *served = cap && cap->object == services.ep ? served_find(cap->badge) : NULL;

	return served && (type == SERVED_TYPES || served->type == type) ? served : NULL;
}

struct served *served_make(enum served_type type, struct served *owner)
{
	struct served *served = calloc(1, sizeof *served);

	FUZZ_CHECK(served, "no memory");
	served->type = type;
	served->badge = ++services.badges;
	served->owner = owner ? owner->badge : 0;
	served->next = services.first;
	services.first = served;
	return served;
}

/* The first object that belongs to `owner`, threads before all else. */
static struct served *owned_by(uint32_t owner)
{
	struct served *found = NULL;

	for (struct served *served = services.first; served; served = served->next)
		if (served->owner == owner && (!found || served->type == SERVED_THREAD))
			found = served;
	return found;
}

void served_destroy(struct served *served)
{
	struct served **link = &services.first, *owned;

	while ((owned = owned_by(served->badge)) != NULL)
		served_destroy(owned);
	while (*link != served)
		link = &(*link)->next;
	*link = served->next;
	struct cap mark = {0};
	bool done = object_clear_badge(services.ep, served->badge, &mark, true, UINT32_MAX);
	(void)done;
	if (served->object)
		kernel_object_destroy(served->object);
	if (served->type == SERVED_STORE)
		served_file_drop(served);
	cap_clear(&served->signal);
	struct served *payer = served_find(served->owner);
	if (payer && served->type == SERVED_DATASPACE)
		payer->used -= served->size;
	free(served->bytes);
	free(served->steps);
	free(served);
}

static uint32_t count_of(bool store)
{
	uint32_t count = 0;

	for (const struct served *served = services.first; served; served = served->next)
		count += (served->type == SERVED_STORE) == store;
	return count;
}

uint32_t services_count(void)
{
	return count_of(false);
}

uint32_t services_store_count(void)
{
	return count_of(true);
}

uint32_t services_shown(void)
{
	uint32_t count = 0;

	for (const struct served *served = services.first; served; served = served->next)
		count += served->shown;
	return count;
}

void served_answer(struct object *object, uint32_t rights, uint32_t badge)
{
	services.answer.object = object;
	services.answer.rights = rights;
	services.answer.badge = badge;
}

void served_answer_self(const struct served *served)
{
	served_answer(services.ep, RIGHT_SEND, served->badge);
}

HANDLER(parent, session_open)
{
	static const struct {
		const char *name;
		enum served_type type;
	} offers[] = {{"CPU", SERVED_CPU}, {"LOG", SERVED_LOG}, {"RM", SERVED_RM}, {"TERMINAL", SERVED_TERMINAL},
	              {"STORE", SERVED_STORE}, {"IRQ", SERVED_IRQ}, {"IO_MEM", SERVED_IO_MEM}};

	UNUSED;
	FUZZ_CHECK(memchr(request->service, 0, sizeof request->service) && memchr(request->label, 0, PARENT_LABEL),
	           "names that do not end");
	for (uint32_t i = 0; i < sizeof offers / sizeof *offers; i++)
		if (strcmp(offers[i].name, request->service) == 0) {
			if (served_device_taken(offers[i].type, request->label))
				return ERR_BUSY;
			struct served *made = served_make(offers[i].type, NULL);
			made->session = request->id;
			memcpy(made->label, request->label, sizeof made->label);
			served_answer_self(made);
			return OK;
		}
	return ERR_NOT_FOUND;
}

HANDLER(parent, session_close)
{
	struct served *served = services.first;

	UNUSED;
	while (served && served->session != request->id)
		served = served->next;
	FUZZ_CHECK(served && request->id, "a session was closed that is not open");
	served_destroy(served);
	return OK;
}

HANDLER(parent, note)
{
	UNUSED;
	return OK;
}

HANDLER(pd, ram_alloc)
{
	struct served *made;
	err_t err = served_memory_make(object, request->size, &made);

	UNUSED;
	if (err == OK)
		served_answer_self(made);
	return err;
}

HANDLER(pd, ram_free)
{
	struct served *memory = served_of_slot(message->caps[0], SERVED_DATASPACE);

	UNUSED;
	if (!memory || memory->owner != ((const struct served *)object)->badge)
		return ERR_CAPABILITY;
	served_destroy(memory);
	return OK;
}

HANDLER(pd, object_alloc)
{
	UNUSED;
	if (request->kind != KIND_ENDPOINT && request->kind != KIND_REPLY && request->kind != KIND_SIGNAL)
		return ERR_ARGUMENT;
	struct served *made = served_make(SERVED_KERNEL, object);
	made->object = kernel_object_make((enum kind)request->kind);
	served_answer(made->object, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	return OK;
}

HANDLER(pd, object_free)
{
	const struct cap *cap = &services.home->slots[message->caps[0]];
	struct served *served = services.first;

	UNUSED;
	while (served && (served->type != SERVED_KERNEL || served->object != cap->object))
		served = served->next;
	if (!served || served->owner != ((const struct served *)object)->badge)
		return ERR_CAPABILITY;
	served_destroy(served);
	return OK;
}

static struct served *space_of(const struct served *pd)
{
	struct served *served = services.first;

	while (served->type != SERVED_MAP || served->owner != pd->badge)
		served = served->next;
	return served;
}

HANDLER(pd, address_space)
{
	UNUSED;
	served_answer_self(space_of(object));
	return OK;
}

HANDLER(pd, quota)
{
	const struct served *pd = object;

	UNUSED;
	*reply = (struct pd_quota_reply){.ram_limit = pd->ram, .ram_used = pd->used};
	return OK;
}

HANDLER(pd, child_create)
{
	UNUSED;
	if (!memchr(request->name, 0, sizeof request->name) || request->slots < 16 || request->slots > 65536)
		return ERR_ARGUMENT;
	if (request->ram > RAM_MAX)
		return ERR_MEMORY_QUOTA;
	struct served *made = served_make(SERVED_PD, object);
	struct pd *pd = (struct pd *)kernel_object_make(KIND_PD);
	pd->slot_count = request->slots;
	pd->slots = calloc(pd->slot_count, sizeof *pd->slots);
	FUZZ_CHECK(pd->slots, "no memory");
	made->object = &pd->object;
	made->ram = request->ram;
	struct served *space = served_make(SERVED_MAP, made);
	space->size = PD_HIGH;
	space->search = 0x640000000000;
	served_answer_self(made);
	return OK;
}

HANDLER(pd, child_destroy)
{
	struct served *child = served_of_slot(message->caps[0], SERVED_PD);

	UNUSED;
	if (!child || child->owner != ((const struct served *)object)->badge)
		return ERR_CAPABILITY;
	served_destroy(child);
	return OK;
}

HANDLER(pd, native)
{
	const struct served *pd = object;

	UNUSED;
	served_answer(pd->object, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	reply->slots = ((const struct pd *)pd->object)->slot_count;
	return OK;
}

static err_t call(struct served *served, struct rpc_message *in, struct rpc_message *out)
{
	static const struct parent_handlers parent = {
		.session_open = parent_session_open_serve, .session_close = parent_session_close_serve,
		.note = parent_note_serve};
	static const struct pd_handlers pd = {
		.ram_alloc = pd_ram_alloc_serve, .ram_free = pd_ram_free_serve, .object_alloc = pd_object_alloc_serve,
		.object_free = pd_object_free_serve, .address_space = pd_address_space_serve, .quota = pd_quota_serve,
		.child_create = pd_child_create_serve, .child_destroy = pd_child_destroy_serve, .native = pd_native_serve};

	switch (served->type) {
	case SERVED_PARENT: return parent_dispatch(&parent, served, in, out);
	case SERVED_PD: return pd_dispatch(&pd, served, in, out);
	case SERVED_CPU:
	case SERVED_THREAD: return served_thread_call(served, in, out);
	case SERVED_IRQ:
	case SERVED_IO_MEM: return served_device_call(served, in, out);
	case SERVED_LOG:
	case SERVED_TERMINAL:
	case SERVED_STORE: return served_store_call(served, in, out);
	default: return served_memory_call(served, in, out);
	}
}

/* What frees does not fail, and its callers rely on that. */
static bool may_fail(const struct served *served, uint32_t opcode)
{
	switch (served->type) {
	case SERVED_PARENT: return opcode != parent_op_session_close;
	case SERVED_PD: return opcode != pd_op_ram_free && opcode != pd_op_child_destroy;
	case SERVED_RM: return opcode != rm_service_op_destroy;
	case SERVED_SPACE: return opcode != rm_op_detach;
	default: return true;
	}
}

/* As the kernel: what is in the slot where a capability arrives goes; framework code keeps it empty. */
static void answer_deliver(slot_t slot)
{
	FUZZ_CHECK(services.answer.object, "a service has no capability for its reply");
	FUZZ_CHECK(slot && slot < HOME_SLOTS, "no slot for a capability");
	FUZZ_CHECK(!services.home->slots[slot].object, "a slot that was given back was not empty");
	cap_set(&services.home->slots[slot], services.answer.object, services.answer.rights, services.answer.badge);
}

err_t __wrap_rpc_call(ep_t ep, uint32_t opcode, const void *request, uint32_t size, const slot_t *caps_in, uint32_t in,
                      void *reply, uint32_t reply_size, const slot_t *caps_out, uint32_t out);

err_t __wrap_rpc_call(ep_t ep, uint32_t opcode, const void *request, uint32_t size, const slot_t *caps_in, uint32_t in,
                      void *reply, uint32_t reply_size, const slot_t *caps_out, uint32_t out)
{
	struct served *served = served_of_slot(ep.slot, SERVED_TYPES);
	struct rpc_message message = {.opcode = opcode, .size = (size + 3) / 4 * 4, .cap_count = in};
	struct rpc_message answer = {0};

	FUZZ_CHECK(size <= RPC_PAYLOAD && in <= MESSAGE_CAPS && out <= 1, "a message that does not fit");
	if (!served)
		return ERR_CAPABILITY;
	if (services.fail_after && may_fail(served, opcode) && --services.fail_after == 0)
		return services.failure;
	memcpy(message.payload, request, size);
	for (uint32_t i = 0; i < in; i++)
		message.caps[i] = caps_in[i] < HOME_SLOTS && services.home->slots[caps_in[i]].object ? caps_in[i] : 0;
	services.answer.object = NULL;
	err_t err = call(served, &message, &answer);
	if (err != OK)
		return err;
	FUZZ_CHECK(answer.size == reply_size && answer.cap_count == out, "reply and caller do not fit");
	if (out)
		answer_deliver(caps_out[0]);
	memcpy(reply, answer.payload, reply_size);
	return OK;
}

struct pd *services_start(void)
{
	static const struct {
		slot_t slot;
		enum served_type type;
	} firsts[] = {{SLOT_PARENT, SERVED_PARENT}, {SLOT_PD, SERVED_PD}, {SLOT_CPU, SERVED_CPU}, {SLOT_LOG, SERVED_LOG},
	              {SLOT_ADDRESS_SPACE, SERVED_SPACE}};

	kernel_start(1 << 20);
	services.home = (struct pd *)kernel_object_make(KIND_PD);
	services.home->slot_count = HOME_SLOTS;
	services.home->slots = calloc(HOME_SLOTS, sizeof *services.home->slots);
	FUZZ_CHECK(services.home->slots, "no memory");
	services.ep = kernel_object_make(KIND_ENDPOINT);
	for (uint32_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
		struct served *made = served_make(firsts[i].type, NULL);
		cap_set(&services.home->slots[firsts[i].slot], services.ep, RIGHT_SEND, made->badge);
		made->ram = UINT64_MAX;
	}
	kernel_driver_enter(services.home);
	return services.home;
}
