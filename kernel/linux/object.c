/* SPDX-License-Identifier: MIT */
/* Objects of the hosted kernel are heap blocks; their donated memory is only accounted for, by whoever donates it. */
#include <stdlib.h>

#include "kernel/linux/host.h"

err_t machine_object_make(enum kind kind, const struct memory *from, uint64_t offset, uint64_t size,
                          struct object **object)
{
	static const size_t sizes[KIND_COUNT] = {
		[KIND_PD] = sizeof(struct pd),         [KIND_THREAD] = sizeof(struct thread),
		[KIND_ENDPOINT] = sizeof(struct endpoint), [KIND_REPLY] = sizeof(struct reply),
		[KIND_SIGNAL] = sizeof(struct signal), [KIND_MEMORY] = sizeof(struct memory),
	};
	struct object *made = sizes[kind] ? calloc(1, sizes[kind]) : NULL;

	(void)from;
	(void)offset;
	(void)size;
	if (!made)
		return ERR_UNSUPPORTED;
	*object = made;
	return OK;
}

void machine_object_free(struct object *object)
{
	free(object);
}

err_t machine_pd_make(struct pd *pd, uint64_t slots, uint64_t size, struct object *host_grant)
{
	(void)size;
	pd->slot_count = (uint32_t)slots;
	pd->slots = calloc(slots, sizeof *pd->slots);
	if (!pd->slots)
		return ERR_UNSUPPORTED;
	err_t err = domain_create(pd, host_grant ? ((struct grant *)host_grant)->descriptor : 0);
	if (err != OK)
		free(pd->slots);
	return err;
}

err_t machine_pd_donate(struct pd *pd, const struct memory *from, uint64_t offset, uint64_t size)
{
	(void)pd;
	(void)from;
	(void)offset;
	(void)size;
	return OK;
}

/* The process is killed before the call returns, and its calls wait for the kernel until then. */
bool machine_pd_stop(struct pd *pd)
{
	(void)pd;
	return true;
}

/* They go with its process. */
bool machine_pd_empty(struct pd *pd)
{
	(void)pd;
	return true;
}

bool machine_pd_end(struct pd *pd, struct thread *asker)
{
	if (pd->machine->pauser)
		thread_unblock(pd->machine->pauser, ERR_GONE);
	pause_forget(pd->machine);
	free(pd->slots);
	return domain_destroy(pd, asker);
}
