/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite: the first component of a machine that runs nothing else, on any kernel.
 *
 * A test is one function, registered with its name and a sentence. It makes what it needs from the memory
 * that is left, checks with CHECK, and leaves no objects behind; capability counts are compared.
 * Partners run in protection domains of their own: partner_start copies the suite's image into a new one.
 */
#ifndef TEST_KERNEL_SUITE_H
#define TEST_KERNEL_SUITE_H

#include <kernel/boot.h>
#include <kernel/ipc.h>
#include <kernel/machine.h>
#include <kernel/object.h>
#include <kernel/pd.h>
#include <kernel/thread.h>

struct test {
	const char *name;
	const char *sentence;
	void (*run)(void);
};

#define TEST(name, sentence)                                                                       \
	static void name(void);                                                                    \
	static const struct test test_##name                                                       \
		__attribute__((used, section("tests"), aligned(sizeof(void *)))) = {#name, sentence, name};      \
	static void name(void)

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
void check(bool condition, const char *text, const char *file, int line);

/* Output. */
void say(const char *text);
void say_number(uint64_t number);

/*
 * Slots and memory of the suite. There is plenty; a test that needs more than that gives all back that was taken since a
 * mark: own mappings and backing of the memory go. Objects in it are ended before.
 */
slot_t slot_take(void);
addr_t memory_take(addr_t size);
struct mark {
	slot_t slot;
	addr_t memory, window;
};
struct mark mark_set(void);
void mark_back(const struct mark *mark);

/*
 * What is in use: capabilities of the suite, by which it has all objects but those that others made; pages that hold objects,
 * whoever made them, or are populated. Of memory that nothing was in at the boot, up to what was taken by now.
 */
struct usage {
	uint32_t objects, object_pages, populated_pages;
};
struct usage usage_read(void);
#define MEMORY ((memory_t){BOOT_SLOT_MEMORY})
slot_t object_make(enum kind kind);
void object_end(slot_t slot);

/* The boot page; and the number in the module of that name, or `other` if there is none. */
const struct boot_info *boot_info(void);
uint64_t boot_number(const char *name, uint64_t other);

/* Own mappings: `size` bytes of memory at `offset`. */
void *memory_see(addr_t offset, addr_t size);

/*
 * Another protection domain that runs `main(argument)` on a copy of this image. Its slots: 1 what `given`
 * names (an endpoint), 2 a reply object, 3 a signal, as far as they are not 0. Faults go to `fault_ep`. Made
 * again in the same struct, it finds its old stack, as a restored component does.
 */
struct partner {
	pd_t pd;
	thread_t thread;
	addr_t stack;         /* offset of its stack in memory */
	host_t host;          /* set before it is made: the host grant it gets */
};
enum { PARTNER_EP = 1, PARTNER_REPLY = 2, PARTNER_SIGNAL = 3, PARTNER_SLOTS = 64 };
void partner_make(struct partner *partner, void (*main)(addr_t), addr_t argument, ep_t fault_ep);
void partner_give(struct partner *partner, slot_t target, slot_t own, uint32_t rights, uint32_t badge);
void partner_start(struct partner *partner);
void partner_end(struct partner *partner);
_Noreturn void partner_rest(void);      /* what a partner does at last: waits for PARTNER_SIGNAL, or yields without one */

/* A thread of the highest priority that there may be, which wakes every 30 us. */
void waker_make(void);
void waker_end(void);

/* A second thread in a partner or (PD_SELF) in this domain; paused, its state written. */
thread_t thread_make(pd_t pd, uint32_t index, addr_t stack_top, void (*main)(addr_t), addr_t argument,
                     ep_t fault_ep);

/* What the machine differs in (test/kernel/ARCH/machine.c). */
extern const addr_t window_base;   /* own mappings from here on */
extern const addr_t unused_page;   /* may be mapped, and nothing is there */
struct segment {
	addr_t start, size;        /* of this image, whole pages */
	uint32_t rights;
};
bool image_segment(uint32_t number, struct segment *segment);
void registers_start(struct registers *registers, addr_t ip, addr_t stack, addr_t argument);
void vector_put(uint64_t value);   /* a vector register that no other code uses */
uint64_t vector_get(void);
addr_t foreign_call(addr_t number, addr_t argument);
void foreign_answer(struct registers *registers, addr_t result);
addr_t foreign_number(const struct registers *registers);
addr_t foreign_argument(const struct registers *registers);
addr_t kernel_call(uint32_t number, const addr_t *word); /* five words as they are */

#endif
