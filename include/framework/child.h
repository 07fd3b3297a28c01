/* SPDX-License-Identifier: MIT */
/*
 * Making a child: its program into its address space, its first capabilities, its first thread. What allocates and
 * attaches is a table of functions, so that a parent that keeps account of its child (the RTCR) sees all of it.
 */
#ifndef FRAMEWORK_CHILD_H
#define FRAMEWORK_CHILD_H

#include <framework/elf.h>
#include <framework/env.h>

struct child_memory {
	/* A dataspace of the child, at least `size` bytes. */
	err_t (*alloc)(void *context, uint64_t size, ds_t *ds);
	/* Bytes [offset, offset + size) of it at `address` of the child, with `rights`. */
	err_t (*attach)(void *context, ds_t ds, uint64_t offset, uint64_t size, uint64_t address, uint32_t rights);
	/* It is attached; the capability is not needed any more. */
	void (*release)(void *context, ds_t ds);
	void *context;
};

/*
 * Lay out the ELF program bytes[0 .. size) and a stack. `entry` is where it starts. Errors are those of elf_read, with
 * its sentence, and of the functions above.
 */
err_t child_load(const struct child_memory *memory, const void *bytes, uint64_t size, uint64_t *entry,
                 const char **sentence) MUST_CHECK;

/* Where the first thread's stack pointer starts. */
uint64_t child_stack(void);

/* Sessions of a child that is made straight from the own PD session. */
struct child {
	slot_t pd, space, cpu;     /* PD session, address space, CPU session */
	slot_t native;             /* pd_t */
	slot_t thread;             /* first thread */
	uint32_t cpu_id;           /* of the session, for session_close */
};

/* Make PD and CPU session, quota from the own. On error nothing is left. */
struct pd_child_create_request;
err_t child_make(const struct pd_child_create_request *request, struct child *child) MUST_CHECK;

/* Allocate and attach through the child's own sessions; context: struct child. */
extern const struct child_memory child_plain_memory;

/* Copy own slot `from` to slot `to` of the child, with RIGHT_SEND. */
err_t child_give(const struct child *child, slot_t from, slot_t to) MUST_CHECK;

/* First thread, started at `entry`. */
err_t child_start(struct child *child, const char *name, uint64_t entry) MUST_CHECK;

/* Destroy it with all it has. */
void child_destroy(struct child *child);

#endif
