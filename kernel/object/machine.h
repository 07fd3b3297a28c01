/* SPDX-License-Identifier: MIT */
/*
 * What the portable part of a kernel asks of the machine part. An operation with an `asker` may take its time: it
 * sets *blocked, and the asker is continued with the result (thread_unblock) when it is done.
 */
#ifndef KERNEL_OBJECT_MACHINE_H
#define KERNEL_OBJECT_MACHINE_H

#include "kernel/object/thread.h"

/* Nanoseconds of the machine's monotonic clock. */
uint64_t machine_now(void);

/*
 * Long work is done in pieces. After each: true if something more urgent waits. Then the call ends at once, whatever its
 * result, and the thread makes it again when it runs next: with the same words, all checked anew, and `done` for it to go
 * on from. A machine that is not kept by a call never says so.
 */
bool machine_work_stop(uint64_t done);
uint64_t machine_work_done(void);

/* The same question from calls that may end with a part of their result. */
bool machine_interrupted(void);

/* The operation a thread was blocked in ended with `result`: note it, and let the thread run unless paused. */
void machine_continue(struct thread *thread, err_t result);

/* The handler of a thread's fault answered: retry, reflect or stop. */
void machine_fault_done(struct thread *thread, enum fault_reply how);

/* thread->deadline was set, or is of no interest any more. */
void machine_deadline_start(struct thread *thread);
void machine_deadline_stop(struct thread *thread);

/*
 * Zeroed storage for an object of `kind`: in bytes [offset, offset + size) of `from`, which lie inside it, are aligned
 * and large enough. ERR_RANGE if a part of them is in use. A memory object takes no donation: `from` is NULL.
 */
err_t machine_object_make(enum kind kind, const struct memory *from, uint64_t offset, uint64_t size,
                          struct object **object) MUST_CHECK;
void machine_object_free(struct object *object);

/* What a domain needs beside its object, its empty slots among it. `host`: a grant, or NULL. */
err_t machine_pd_make(struct pd *pd, uint64_t slots, uint64_t size, struct object *host) MUST_CHECK;

/* More of it, page-aligned. ERR_RANGE if a part is in use. */
err_t machine_pd_donate(struct pd *pd, const struct memory *from, uint64_t offset, uint64_t size) MUST_CHECK;

/* It is ending: none of its threads runs any more. False: the work stopped. */
bool machine_pd_stop(struct pd *pd) MUST_CHECK;

/* Its mappings go, before it ends. False: the work stopped. */
bool machine_pd_empty(struct pd *pd) MUST_CHECK;

/* All of that goes; the slots are empty and no thread is left. True: `asker` is blocked until it is done. */
bool machine_pd_end(struct pd *pd, struct thread *asker);

/* Mappings: arguments are checked, except that protecting may ask for more than was mapped. */
err_t machine_map(struct pd *pd, uint64_t address, const struct memory *memory, uint64_t offset, uint64_t size,
                  uint32_t rights, struct thread *asker, bool *blocked) MUST_CHECK;
err_t machine_unmap(struct pd *pd, uint64_t address, uint64_t size, struct thread *asker, bool *blocked) MUST_CHECK;
err_t machine_protect(struct pd *pd, uint64_t address, uint64_t size, uint32_t rights, struct thread *asker,
                      bool *blocked) MUST_CHECK;

/*
 * The object of line `number` that devices have, unused and masked: ERR_RANGE if there is no such line, ERR_BUSY if it is
 * in use, ERR_UNSUPPORTED on a machine without.
 */
err_t machine_interrupt_make(uint32_t number, struct interrupt **interrupt) MUST_CHECK;
void machine_interrupt_mask(uint32_t number, bool masked);

/* A run of populated bytes of the machine's memory; data == UINT64_MAX: none. */
struct extent {
	uint64_t data, hole;
};

/* The run at or behind `at`, if it begins before `end`; *known is what was found before, or zero. */
void machine_extent_find(uint64_t at, uint64_t end, struct extent *known);
err_t machine_discard(uint64_t at, uint64_t size) MUST_CHECK;

/* Another number after any page of memory got or lost its backing. */
uint64_t machine_epoch(void);
err_t machine_console_write(const void *bytes, uint64_t size) MUST_CHECK;

/* pd->clock_offset was set at machine time `now`. */
void machine_clock_changed(struct pd *pd, uint64_t now);

/* Bind a thread to a free control block; it is paused and has no registers yet. */
err_t thread_attach(struct thread *thread, struct pd *pd, uint32_t index, struct thread *asker, bool *blocked) MUST_CHECK;
void thread_detach(struct thread *thread);

/* Let a thread run if its state allows. */
void thread_go(struct thread *thread);
err_t thread_state_get(const struct thread *thread, struct thread_state *state) MUST_CHECK;
err_t thread_state_set(struct thread *thread, const struct thread_state *state, struct reply *awaits) MUST_CHECK;
err_t machine_schedule(struct thread *thread, const struct thread_schedule *schedule) MUST_CHECK;
void machine_yield(struct thread *thread);

/* Pausing: `one` or, if NULL, all threads. True if the asker is blocked, else *result tells. */
bool pause_begin(struct pd *pd, struct thread *one, struct thread *asker, uint64_t limit, err_t *result);
err_t pause_end(struct pd *pd) MUST_CHECK;

#endif
