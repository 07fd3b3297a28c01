/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: components that attack. Each test lets a partner do its worst for a while and then shows that
 * this component still works, that its objects are its own, and that the attacker can be removed.
 */
#ifndef TEST_KERNEL_HOSTILE_H
#define TEST_KERNEL_HOSTILE_H

#include "test/kernel/suite.h"

struct attack {
	volatile uint64_t count;
	volatile uint64_t got_through;
	uint64_t seed;
};

/* Where the attacker finds it, and the top of its stack. */
#define ATTACK ((struct attack *)0x6000000)
#define ATTACK_STACK ((addr_t)0x10000000)

/* A partner that attacks, with an endpoint, a reply object and a signal. `faults`: its own go to the endpoint, as FAULT_BADGE. */
enum { FAULT_BADGE = 5 };
struct scene {
	struct partner partner;
	bool faults;
	struct attack *attack;
	addr_t memory;
	slot_t ep, reply, signal, fault_ep;
};

void scene_begin(struct scene *scene, void (*attacker)(addr_t), uint64_t seed);
void scene_end(struct scene *scene);
void wait_for(uint64_t nanoseconds);

/* Numbers from a seed, which moves on: any (the seed is not 0), and such as are likely to matter. */
uint64_t random_from(uint64_t *seed);
uint64_t random_word_from(uint64_t *seed);

/* The same for the attacker. */
uint64_t random_next(void);
uint64_t random_word(void);

#endif
