/* SPDX-License-Identifier: MIT */
/*
 * What a component does for itself through its parent and its own sessions (parent/session.h says where they are).
 * Every component defines component_main; returning from it is component_exit. All functions may be called by
 * several threads at once; none waits for another component's pleasure.
 */
#ifndef FRAMEWORK_ENV_H
#define FRAMEWORK_ENV_H

#include <framework/rpc.h>
#include <kernel/ipc.h>
#include <kernel/machine.h>
#include <kernel/object.h>
#include <kernel/pd.h>
#include <parent/session.h>

CAP_TYPE(ds_t); /* dataspace: answers DATASPACE_OPERATIONS */
CAP_TYPE(rm_t); /* region map: answers RM_OPERATIONS */

/* A capability to call, whatever it stands for. */
#define cap_ep(c) ((ep_t){(c).slot})

int component_main(addr_t argument);
_Noreturn void component_exit(int status);

/* An empty slot of the own capability space; giving it back deletes what is in it. */
err_t slot_take(slot_t *slot) MUST_CHECK;
void slot_give(slot_t slot);

/* The same for one that is empty already, because its object is gone. */
void slot_free(slot_t slot);

/* A session of `service`, paid by the own PD session; waits while it is not offered yet, at most `limit` ns. */
struct session {
	uint32_t id;
	ep_t ep;
};
err_t session_open(const char *service, const char *label, uint64_t limit, struct session *session) MUST_CHECK;
void session_close(struct session *session);

/* Memory from the own quota; freeing detaches it everywhere. */
err_t ds_alloc(uint64_t size, ds_t *ds) MUST_CHECK;
void ds_free(ds_t ds);
err_t ds_size(ds_t ds, uint64_t *size) MUST_CHECK;
/* A page-aligned part reads as zero again and gives its pages back (pd/session.h); it stays paid for. */
err_t ds_discard(ds_t ds, uint64_t offset, uint64_t size) MUST_CHECK;

/* Show [offset, offset + size) of `ds` in the own address space; size 0: all. `flags` as in rm/session.h. */
err_t ds_attach(ds_t ds, uint64_t offset, uint64_t size, uint32_t rights, uint32_t flags, void **address) MUST_CHECK;
void ds_detach(void *address, uint64_t size);

/*
 * The same, whole, for what somebody else sent, which may be anything and be freed at any time: only who serves the own address
 * space is asked, and what is shown stays there until it is detached (RM_LENT).
 */
err_t ds_attach_sent(ds_t ds, uint32_t rights, uint64_t populate_most, void **address, uint64_t *size) MUST_CHECK;

/* A fresh dataspace that is shown, or nothing: to be lent to others, `flags` as above. */
err_t buffer_take(uint64_t size, uint32_t flags, ds_t *ds, void **address) MUST_CHECK;

/* The same for internal use. For large or long-lived things; else heap.h. */
err_t memory_take(uint64_t size, void **address) MUST_CHECK;

/* Kernel objects from the own quota. */
err_t ep_alloc(ep_t *ep) MUST_CHECK;
err_t reply_alloc(reply_t *reply) MUST_CHECK;
err_t signal_alloc(signal_t *signal) MUST_CHECK;
void object_free(cap_t cap);

/* A copy of an own capability with `badge` and at most `rights`, in a new slot. */
err_t cap_mint(cap_t cap, uint32_t badge, uint32_t rights, slot_t *slot) MUST_CHECK;

/*
 * A further thread of this component with control block `index` (not 0) and a stack of its own; `entry` must not
 * return. Threads are never destroyed.
 */
err_t thread_spawn(uint32_t index, const char *name, uint64_t stack_size, void (*entry)(addr_t), addr_t argument)
	MUST_CHECK;

/*
 * A lock between threads of a component; zero is open. Who waits sleeps, so whoever holds it can call others in the
 * meantime, whatever their priority. Ready it before a second thread takes it (again is harmless).
 */
struct lock {
	uint32_t state;
	uint32_t in_vain;        /* threads that were woken for it and found it taken */
	signal_t opened;
};
err_t lock_ready(struct lock *lock) MUST_CHECK;
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);

/* Ready the locks of the framework itself; thread_spawn does, who makes threads in another way has to. */
err_t env_shared(void) MUST_CHECK;

/* One line to the LOG session, printf-like, see format.h. A newline is added. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
