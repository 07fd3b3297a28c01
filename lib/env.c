/* SPDX-License-Identifier: MIT */
/* What a component does for itself, see framework/env.h. */
#include <cpu/session.h>
#include <framework/env.h>
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/slots.h>
#include <kernel/thread.h>
#include <pd/session.h>
#include <rm/session.h>

#define OWN_PARENT ((ep_t){SLOT_PARENT})
#define OWN_PD ((ep_t){SLOT_PD})
#define OWN_CPU ((ep_t){SLOT_CPU})
#define OWN_SPACE ((ep_t){SLOT_ADDRESS_SPACE})

enum { RETRY_NS = 2000000, SLOTS = 65536 };

static struct {
	struct lock lock;
	bool ready;
	struct slots slots;
	uint64_t used[SLOTS / 64];
	uint32_t session_id;
	signal_t sleeper;        /* to wait on while a service is not offered yet */
} env;

/* The size of the own capability space is not known here: a slot beyond it is refused by the kernel at use. */
err_t slot_take(slot_t *slot)
{
	lock_take(&env.lock);
	if (!env.ready)
		slots_init(&env.slots, env.used, SLOT_FREE, SLOTS);
	env.ready = true;
	err_t err = slots_take(&env.slots, slot);
	lock_give(&env.lock);
	return err;
}

void slot_free(slot_t slot)
{
	lock_take(&env.lock);
	slots_give(&env.slots, slot);
	lock_give(&env.lock);
}

void slot_give(slot_t slot)
{
	if (!slot)
		return;
	err_t ignored = cap_delete(PD_SELF, slot);   /* empty already is as good */
	(void)ignored;
	slot_free(slot);
}

static void pause_short(void)
{
	uint32_t badges, count;

	if (!cap_valid(env.sleeper) && signal_alloc(&env.sleeper) != OK) {
		thread_yield();
		return;
	}
	err_t expected = signal_wait(env.sleeper, clock_now() + RETRY_NS, &badges, &count);
	(void)expected;
}

_Noreturn void component_exit(int status)
{
	const struct parent_exit_request request = {.status = status};
	struct parent_exit_reply reply;
	err_t ignored = parent_exit(OWN_PARENT, &request, NULL, &reply, NULL);

	(void)ignored;
	/* The parent ends it when it has seen that. */
	for (;;)
		pause_short();
}

err_t session_open(const char *service, const char *label, uint64_t limit, struct session *session)
{
	struct parent_session_open_request request = {0};
	struct parent_session_open_reply reply;
	const slot_t payer = SLOT_PD;
	slot_t slot;

	if (!text_copy(request.service, sizeof request.service, service) ||
	    !text_copy(request.label, sizeof request.label, label))
		return ERR_ARGUMENT;
	err_t err = slot_take(&slot);
	if (err != OK)
		return err;
	request.id = __atomic_add_fetch(&env.session_id, 1, __ATOMIC_RELAXED);
	uint64_t until = clock_now() + limit;
	while ((err = parent_session_open(OWN_PARENT, &request, &payer, &reply, &slot)) == ERR_BUSY &&
	       clock_now() < until)
		pause_short();
	if (err != OK) {
		slot_give(slot);
		return err;
	}
	*session = (struct session){request.id, {slot}};
	return OK;
}

void session_close(struct session *session)
{
	const struct parent_session_close_request request = {.id = session->id};
	struct parent_session_close_reply reply;
	err_t ignored = parent_session_close(OWN_PARENT, &request, NULL, &reply, NULL);

	(void)ignored;
	slot_give(session->ep.slot);
	*session = (struct session){0};
}

err_t ds_alloc(uint64_t size, ds_t *ds)
{
	const struct pd_ram_alloc_request request = {size};
	struct pd_ram_alloc_reply reply;
	slot_t slot;
	err_t err = slot_take(&slot);

	if (err != OK)
		return err;
	err = pd_ram_alloc(OWN_PD, &request, NULL, &reply, &slot);
	if (err != OK)
		slot_give(slot);
	else
		*ds = (ds_t){slot};
	return err;
}

void ds_free(ds_t ds)
{
	const struct pd_ram_free_request request = {};
	struct pd_ram_free_reply reply;

	if (pd_ram_free(OWN_PD, &request, &ds.slot, &reply, NULL) == OK)
		slot_free(ds.slot);
	else
		slot_give(ds.slot);
}

err_t ds_size(ds_t ds, uint64_t *size)
{
	const struct dataspace_info_request request = {};
	struct dataspace_info_reply reply;
	err_t err = dataspace_info(cap_ep(ds), &request, NULL, &reply, NULL);

	if (err == OK)
		*size = reply.size;
	return err;
}

err_t ds_discard(ds_t ds, uint64_t offset, uint64_t size)
{
	struct dataspace_discard_reply reply;
	err_t err = OK;

	do {
		const struct dataspace_discard_request request = {
			offset, size < DATASPACE_DISCARD_MAX ? size : DATASPACE_DISCARD_MAX};
		err = dataspace_discard(cap_ep(ds), &request, NULL, &reply, NULL);
		offset += request.size;
		size -= request.size;
	} while (size && err == OK);
	return err;
}

err_t ds_attach(ds_t ds, uint64_t offset, uint64_t size, uint32_t rights, uint32_t flags, void **address)
{
	const struct rm_attach_request request = {RM_ANYWHERE, offset, size, rights, flags};
	struct rm_attach_reply reply;
	err_t err = rm_attach(OWN_SPACE, &request, &ds.slot, &reply, NULL);

	if (err == OK)
		*address = (void *)(addr_t)reply.address;
	return err;
}

void ds_detach(void *address, uint64_t size)
{
	const struct rm_detach_request request = {(addr_t)address, size};
	struct rm_detach_reply reply;
	err_t ignored = rm_detach(OWN_SPACE, &request, NULL, &reply, NULL);

	(void)ignored;
}

/* What can be attached is a dataspace of the address space's own server, which answers. */
err_t ds_attach_sent(ds_t ds, uint32_t rights, uint64_t populate_most, void **address, uint64_t *size)
{
	uint64_t found;
	err_t err = ds_attach(ds, 0, PAGE_SIZE, RIGHT_READ, RM_LENT, address);

	if (err != OK)
		return err;
	ds_detach(*address, PAGE_SIZE);
	err = ds_size(ds, &found);
	if (err == OK)
		err = ds_attach(ds, 0, found, rights, RM_LENT | (found <= populate_most ? RM_POPULATE : 0), address);
	if (err == OK)
		*size = found;
	return err;
}

err_t buffer_take(uint64_t size, uint32_t flags, ds_t *ds, void **address)
{
	ds_t made;
	err_t err = ds_alloc(size, &made);

	if (err != OK)
		return err;
	err = ds_attach(made, 0, 0, RIGHT_READ | RIGHT_WRITE, flags, address);
	if (err == OK)
		*ds = made;
	else
		ds_free(made);
	return err;
}

err_t memory_take(uint64_t size, void **address)
{
	ds_t ds;

	return buffer_take(size, 0, &ds, address);
}

err_t heap_backing(size_t size, void **address)
{
	return memory_take(size, address);
}

static err_t object_alloc(enum kind kind, slot_t *slot)
{
	const struct pd_object_alloc_request request = {.kind = kind};
	struct pd_object_alloc_reply reply;
	slot_t to;
	err_t err = slot_take(&to);

	if (err != OK)
		return err;
	err = pd_object_alloc(OWN_PD, &request, NULL, &reply, &to);
	if (err != OK)
		slot_give(to);
	else
		*slot = to;
	return err;
}

err_t ep_alloc(ep_t *ep)
{
	return object_alloc(KIND_ENDPOINT, &ep->slot);
}

err_t reply_alloc(reply_t *reply)
{
	return object_alloc(KIND_REPLY, &reply->slot);
}

err_t signal_alloc(signal_t *signal)
{
	return object_alloc(KIND_SIGNAL, &signal->slot);
}

void object_free(cap_t cap)
{
	const struct pd_object_free_request request = {};
	struct pd_object_free_reply reply;
	err_t ignored = pd_object_free(OWN_PD, &request, &cap.slot, &reply, NULL);

	(void)ignored;
	slot_give(cap.slot);
}

err_t cap_mint(cap_t cap, uint32_t badge, uint32_t rights, slot_t *slot)
{
	slot_t to;
	err_t err = slot_take(&to);

	if (err != OK)
		return err;
	err = cap_copy(PD_SELF, cap.slot, PD_SELF, to, rights, badge);
	if (err != OK)
		slot_free(to);
	else
		*slot = to;
	return err;
}

err_t lock_ready(struct lock *lock)
{
	return cap_valid(lock->opened) ? OK : signal_alloc(&lock->opened);
}

err_t env_shared(void)
{
	err_t err = lock_ready(&env.lock);

	return err == OK ? lock_ready(heap_lock()) : err;
}

err_t thread_spawn(uint32_t index, const char *name, uint64_t stack_size, void (*entry)(addr_t), addr_t argument)
{
	struct cpu_thread_create_request create = {.index = index, .core = AFFINITY_ANY};
	struct cpu_thread_create_reply created;
	struct cpu_thread_start_reply started;
	const slot_t own = SLOT_PD;
	void *stack = NULL;
	slot_t slot;
	ds_t ds;

	if (!text_copy(create.name, sizeof create.name, name))
		return ERR_ARGUMENT;
	err_t err = env_shared();
	if (err == OK)
		err = slot_take(&slot);
	if (err != OK)
		return err;
	err = buffer_take(stack_size, 0, &ds, &stack);
	if (err == OK) {
		err = cpu_thread_create(OWN_CPU, &create, &own, &created, &slot);
		if (err == OK) {
			const struct cpu_thread_start_request start = {(addr_t)entry, (addr_t)stack + stack_size - 8, argument};
			return cpu_thread_start((ep_t){slot}, &start, NULL, &started, NULL);
		}
		ds_free(ds);
	}
	slot_give(slot);
	return err;
}
