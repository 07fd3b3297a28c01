/* SPDX-License-Identifier: MIT */
/*
 * A kernel in one ordinary process, to run components of this project as coroutines under sanitizers: the functions of
 * include/kernel/ over the portable part of the kernel (kernel/object/), with memory that is only counted.
 *
 *      actors         coroutines with a control block; one runs until it blocks, then the next that can
 *      domains        capability space and a list of mappings (what is mapped where, with which rights)
 *      threads        made by object_create: records that execute nothing; a test lets them fault
 *      memory         a range of numbers; donated ranges are checked against each other
 *      devices        two, whose memory begins at KERNEL_DEVICES; their interrupts never arrive
 *      clock          stands still until clock_advance, or until the driver waits for nothing but time
 *
 * A component that breaks a rule of the interface, or hangs, ends the test with a sentence (FUZZ_CHECK).
 */
#ifndef TEST_FUZZ_KERNEL_H
#define TEST_FUZZ_KERNEL_H

#include <ucontext.h>

#include "kernel/object/ipc.h"

#define KERNEL_DEVICES ((uint64_t)1 << 40)
enum { KERNEL_DEVICES_SIZE = 16 * 4096, KERNEL_LINES = 2 };

struct mapping {
	uint64_t address, size, offset;   /* offset in the machine's memory */
	uint32_t rights;
	uint32_t limit;                   /* rights with which it was mapped */
};

/* What this kernel adds to a domain. */
struct pd_machine {
	struct mapping *mapping;          /* by address, none overlapping */
	uint32_t count, capacity;
	struct pd *next;                  /* of all domains */
};

/* What it adds to a thread: a coroutine, or a record. */
struct thread_machine {
	struct thread *thread;
	struct utcb *block;               /* nothing behind the head */
	struct registers registers;
	ucontext_t context;
	void *stack;
	void (*entry)(void);
	bool ready;
	err_t result;
	uint32_t timeouts;                /* one after the other without a pause */
	struct thread *next;              /* of all threads */
};

/* End the test with a sentence unless `condition`. */
#define FUZZ_CHECK(condition, sentence)                                                            \
	do {                                                                                       \
		if (!(condition))                                                                    \
			fuzz_fail(__FILE__, __LINE__, sentence);                                    \
	} while (0)
_Noreturn void fuzz_fail(const char *file, int line, const char *sentence);

/* Start with `memory` bytes. The caller of this becomes the driver: an actor without a domain of its own yet. */
void kernel_start(uint64_t memory);

/* The first component, with the capabilities of kernel/boot.h; `entry` does not return. Runs at the next chance. */
void kernel_first_start(void (*entry)(void));

/* A further coroutine in `pd`. */
struct thread *kernel_actor_start(struct pd *pd, void (*entry)(void));

/* From now on the driver acts in `pd` (a domain that the first component made). */
void kernel_driver_enter(struct pd *pd);

/* Let the others run until none can. */
void kernel_run(void);

void clock_advance(uint64_t nanoseconds);

/* Let the `count`-th operation from here on that needs the machine's resources fail, once; 0: none. */
void kernel_fail_after(uint32_t count);

/* All domains and all record threads, for tests that look into them. */
struct pd *kernel_domains(void);
struct thread *kernel_threads(void);
struct pd *kernel_first(void);

/* Objects that exist, and the most small donations that ever existed at once. */
uint32_t kernel_object_count(void);
uint32_t kernel_donation_peak(void);

/* A page fault of a record thread. */
void kernel_fault(struct thread *thread, uint32_t fault, uint32_t access, uint64_t address);

/* Of kernel_domain.c. */
err_t domain_map(struct pd *pd, const struct mapping *mapping) MUST_CHECK;
void domain_unmap(struct pd *pd, uint64_t address, uint64_t size);

/* Of kernel_object.c, for the others: as kernel/linux/decode.h. */
err_t cap_lookup(struct pd *pd, uint64_t slot, enum kind kind, uint32_t rights, struct cap **cap) MUST_CHECK;
err_t pd_lookup(uint64_t slot, uint32_t rights, struct pd **pd) MUST_CHECK;
err_t slot_lookup_empty(struct pd *pd, uint64_t slot, struct cap **cap) MUST_CHECK;
struct object *kernel_object_make(enum kind kind);
void kernel_object_destroy(struct object *object);

/* Of kernel_device.c: an interrupt object goes. */
void kernel_line_done(struct interrupt *interrupt);
bool kernel_failure_due(void);

/* Of kernel.c: the actor that runs. */
struct thread *kernel_current(void);
void kernel_thread_init(struct thread *thread);
void kernel_thread_done(struct thread *thread);

#endif
