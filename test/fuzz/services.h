/* SPDX-License-Identifier: MIT */
/*
 * What the RTCR calls, in one process: its parent, PD, CPU, RM, LOG, TERMINAL, STORE and a device, in place of rpc_call (the
 * linker does that, build.mk). Each object is named by a badge of one endpoint and makes real kernel objects, slots and memory,
 * so that the sanitizers and the kernel for tests see what the RTCR does with them.
 *
 *     served    an object; it goes with the PD that paid for it, or when its session is closed
 *     steps     of a region map: what was attached, detached, protected, in order; the last that covers an address counts
 */
#ifndef TEST_FUZZ_SERVICES_H
#define TEST_FUZZ_SERVICES_H

#include <framework/rpc.h>
#include <parent/session.h>

#include "test/fuzz/kernel.h"

enum served_type {
	SERVED_PARENT, SERVED_PD, SERVED_CPU, SERVED_LOG, SERVED_SPACE, SERVED_THREAD, SERVED_MAP, SERVED_DATASPACE,
	SERVED_KERNEL, SERVED_RM, SERVED_TERMINAL, SERVED_STORE, SERVED_IRQ, SERVED_IO_MEM, SERVED_TYPES
};

enum map_step_kind { STEP_ATTACH, STEP_DETACH, STEP_PROTECT };
struct map_step {
	enum map_step_kind kind;
	uint64_t address, size, offset;
	uint32_t source, rights;       /* source: badge */
};

struct served {
	struct served *next;
	enum served_type type;
	uint32_t badge;
	uint32_t owner;                /* badge of the PD that paid for it, or of the device's session; 0: nobody */
	char label[PARENT_LABEL];      /* IRQ, IO_MEM */
	uint32_t session;              /* by which the RTCR closes it */
	struct object *object;         /* of the kernel: DATASPACE, THREAD, PD, KERNEL, IRQ */
	uint8_t *bytes;                /* DATASPACE */
	uint64_t size;                 /* DATASPACE, MAP */
	uint32_t shown;                /* DATASPACE: how often in the RTCR's address space */
	uint64_t ram, used;            /* PD */
	struct map_step *steps;        /* MAP */
	uint32_t count;
	uint64_t search;
	uint32_t buffer;               /* TERMINAL, STORE: badge of a dataspace */
	struct cap signal;             /* TERMINAL */
	bool started;                  /* THREAD */
	struct file *writing;          /* STORE: not committed yet */
	uint32_t reading;              /* STORE: number of the open file */
};

/* Make the domain of the RTCR with the slots of parent/session.h; the driver acts in it from then on. */
struct pd *services_start(void);

/* The `count`-th call from here on that may fail does so, once; 0: none. */
void services_fail_after(uint32_t count, err_t err);

/* Objects that exist but sessions at the store, which the RTCR opens and closes as it likes; and those. */
uint32_t services_count(void);
uint32_t services_store_count(void);
uint32_t services_shown(void);

struct served *served_make(enum served_type type, struct served *owner);
void served_destroy(struct served *served);
struct served *served_first(void);
struct served *served_find(uint32_t badge);
struct served *served_of_slot(slot_t slot, enum served_type type);

/* A handler of an operation table, as the dispatchers want it; each starts with UNUSED. */
#define HANDLER(service, name)                                                                                      \
	static err_t service##_##name##_serve(void *object, const struct service##_##name##_request *request,       \
	                                      struct rpc_message *message, struct service##_##name##_reply *reply,  \
	                                      slot_t *caps_out)
#define UNUSED ((void)object, (void)request, (void)message, (void)reply, (void)caps_out)

/* From a handler: what goes out as the only capability. */
void served_answer(struct object *object, uint32_t rights, uint32_t badge);
void served_answer_self(const struct served *served);

/* Of services_thread.c and services_device.c. There is a device of any name, and all are SERVED_DEVICE. */
#define SERVED_DEVICE "a,device"
err_t served_thread_call(struct served *served, struct rpc_message *in, struct rpc_message *out) MUST_CHECK;
err_t served_device_call(struct served *served, struct rpc_message *in, struct rpc_message *out) MUST_CHECK;
bool served_device_taken(enum served_type type, const char *label);

/* Of services_memory.c. */
err_t served_memory_make(struct served *pd, uint64_t size, struct served **made) MUST_CHECK;
bool served_map_look(const struct served *map, uint64_t address, struct map_step *seen);
err_t served_memory_call(struct served *served, struct rpc_message *in, struct rpc_message *out) MUST_CHECK;

/* Of services_store.c: forget all files and records; what is being written need not be an image. */
void services_files_clear(void);
void services_forged(void);
err_t served_store_call(struct served *served, struct rpc_message *in, struct rpc_message *out) MUST_CHECK;
void served_file_drop(struct served *store);

#endif
