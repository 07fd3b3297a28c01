/* SPDX-License-Identifier: MIT */
/*
 * core as a coroutine on the kernel for tests, in which it starts, in place of init, a protection domain that the
 * driver then acts in (core.c has its own init_start). What core keeps is looked into from here, because its
 * headers and those of the kernel name different things alike.
 */
#ifndef TEST_FUZZ_CORE_H
#define TEST_FUZZ_CORE_H

#include <stdbool.h>
#include <stdint.h>

enum { CORE_MEMORY_SIZE = 256 << 20, CORE_MODULE_SIZE = 5000, ROOT_SLOTS = 1024 };
#define CORE_MODULE "program"
#define CORE_DEVICE_MEMORY ((uint64_t)1 << 40)   /* where that of the kernel for tests begins */

/* Boot core; the driver is in its first child, with the slots of parent/session.h filled. */
void core_start(void);

/* What the coroutine of core runs. */
void core_main(void);

/* Each domain used what it owns, and no more than its limits: ends the test if not. */
void core_quota_check(void);

/* What core says that the domain in its own slot `native` sees at `address`; false: nothing. */
bool core_look(uint32_t native, uint64_t address, uint64_t *offset, uint32_t *rights);

/* Bytes of the request of `opcode` to what `badge` names; UINT32_MAX: there is none. */
uint32_t core_request_size(uint32_t badge, uint32_t opcode);

struct core_state {
	uint32_t objects;      /* with badges */
	uint32_t slots_free;   /* left to core_slots_free */
	uint32_t blocks;       /* of the heap */
	uint64_t memory_free;
};
void core_state_read(struct core_state *state);

/* Takes time; the driver acts in core's domain meanwhile. */
uint32_t core_slots_free(void);

/* Core's own endpoint and reply object, as slots of core. */
uint32_t core_slot_ep(void);

#endif
