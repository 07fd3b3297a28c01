/* SPDX-License-Identifier: MIT */
/*
 * Attacks of a component on everything that it can reach. Each is one function that goes on until its component is
 * removed, or returns; it counts what it tried and what should not have been possible on a page that the judge shares.
 */
#ifndef TEST_HOSTILE_ATTACK_H
#define TEST_HOSTILE_ATTACK_H

#include <framework/env.h>

struct attack_page {
	volatile uint64_t count;
	volatile uint64_t got_through;
	volatile uint32_t what;        /* number of the last thing that got through, for people */
	volatile uint32_t finished;
	uint64_t seed;
	uint32_t kind;
};

/* Where the judge attaches the page, in hostile components and in itself. */
#define ATTACK_PAGE ((addr_t)0x6000000)
#define ATTACK ((struct attack_page *)ATTACK_PAGE)

/* What hostile components are given beside the slots of parent/session.h, far from those that the framework takes. */
enum { SLOT_ROM = 2000, SLOT_TIMER, SLOT_RM, SLOT_SHARED, SLOT_OWN };

#define ATTACK_TABLE(X)                                                                             \
	X(host_calls, "system calls of the host, also through the stub's instruction")                \
	X(kernel_calls, "kernel calls with random arguments")                                         \
	X(mask, "the pause signal masked by a forged frame, then writing for ever")                   \
	X(deaf, "the pause signal masked, then interrupted again and again: core waits for it")            \
	X(block, "its control block and signal stack scribbled over")                                 \
	X(jump, "jumps into the stub and to random places by many threads")                           \
	X(forge, "forged capabilities: every slot called as every service")                           \
	X(malformed, "requests of random words, sizes and capabilities to every service")             \
	X(memory, "memory until there is no more, written to")                                        \
	X(objects, "kernel objects and sessions until there are no more")                             \
	X(threads, "threads until there are no more, all computing")                                  \
	X(children, "protection domains in protection domains")                                       \
	X(regions, "regions of every size, place and nesting, and protection page by page")           \
	X(stale, "mappings that would outlive or exceed what they show")                              \
	X(flood, "calls and log lines without a pause")                                               \
	X(timers, "timers at every extreme")

#define ATTACK_ENUM(name, sentence) ATTACK_##name,
enum attack_kind { ATTACK_TABLE(ATTACK_ENUM) ATTACK_KINDS };
#define ATTACK_FUNCTION(name, sentence) void attack_##name(void);
ATTACK_TABLE(ATTACK_FUNCTION)

/* One more try; true in `through` is counted against the system. */
static inline void attack_note(bool through, uint32_t what)
{
	ATTACK->count++;
	if (through) {
		ATTACK->got_through++;
		ATTACK->what = what;
	}
}

uint64_t attack_random(void);

/* A number at which something may change, or any. */
uint64_t attack_word(void);

/* Call `slot` with a request that lies in utcb->words; the reply's first word, or the error of the call. */
uint32_t attack_call(slot_t slot, uint32_t words, uint32_t caps);

#endif
