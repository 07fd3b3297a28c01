/* SPDX-License-Identifier: MIT */
/*
 * The native checkpoint tests: a component under init that has instances of the RTCR run the subjects of component/,
 * checkpoints each at changing instants, destroys it, restores it, and looks at what it wrote and how it ended. The same
 * on every kernel. What a function does not find as it should be it says and returns false.
 */
#ifndef TEST_NATIVE_H
#define TEST_NATIVE_H

#include <checkpoint/session.h>
#include <framework/env.h>
#include <kernel/thread.h>

enum { MILLISECOND = 1000000, OUTPUT_MAX = 256 * 1024 };

/* One line of log, led by the name of what is tested. Always false. */
extern const char *native_name;
bool native_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool native_ok(err_t err, const char *what);
void native_sleep(uint64_t ns);

/* Less than `most`, by chance: the next of what follows from a seed. */
void chance_seed(uint64_t seed);
uint64_t chance(uint64_t most);

/* An instance of the RTCR, named as its target, and what came of the last work that it was given. */
struct instance {
	const char *name;
	uint64_t ram;
	uint64_t room;            /* for the instance itself, beside `ram` for its target; 0: as much and 16 MiB */
	uint32_t priority;        /* of the target; 0: that of everybody here */
	bool linux_program;       /* the target is one, on the library OS */
	struct session checkpoint;
	struct checkpoint_status_reply status;
};
bool instance_start(struct instance *instance);
void instance_stop(struct instance *instance);
bool instance_look(struct instance *instance);                     /* status as it is now */

/* Ask for it and wait until it ended: the result is status.last_err. */
bool instance_run(struct instance *instance, ds_t bundle);
bool instance_take(struct instance *instance, uint32_t flags);
bool instance_restore(struct instance *instance, uint64_t generation);
bool instance_kill(struct instance *instance);
bool instance_ended(struct instance *instance);                    /* wait until the target does not run any more */
const char *instance_failure(const struct instance *instance);     /* the last error as a sentence */

/* Where targets run (placing.c): the core for the next one, or AFFINITY_ANY; cores 1 .. native_cores are for their threads. */
extern const uint32_t native_cores;
uint32_t native_core(void);

/* A bundle (bundle/format.h) of the program in the ROM `name`, and two numbers as arguments; is there such a ROM? */
bool bundle_can(const char *name);
bool bundle_make(const char *name, uint32_t steps, uint32_t option, ds_t *bundle);

/* The terminal `name`: forget all, or read the record into `bytes` with room for OUTPUT_MAX. */
bool output_forget(const char *name);
bool output_read(const char *name, uint8_t *bytes, uint64_t *size);

/*
 * Images: drop one, or all with generation 0; write the one of `from` as `to`, seemingly of another architecture, or (words not
 * NULL) with another first letter wherever one of these words is in its records: false if none is.
 */
bool store_begin(void);
void store_drop(const char *name, uint64_t generation);
bool store_forge(const char *name, uint64_t from, uint64_t to, const char *const *words, uint32_t count);

#endif
