/* SPDX-License-Identifier: MIT */
/*
 * The kernel suite's fuzzer: a component that has objects of every kind makes every call with every combination of the
 * values that calls_table.c lists, then random ones of a seed: mostly what belongs there, and in every fourth call anything, in
 * all registers. It may block or harm itself; then it is made anew and goes on behind the call that it made last. When it is
 * gone, its objects are ended, and all of its memory must be free. At the end as many objects and pages are in use as before.
 */
#include <framework/memory.h>
#include <kernel/enter.h>

#include "test/kernel/calls.h"
#include "test/kernel/hostile.h"

#define STATE ((struct state *)0x6000000)
enum { RANDOM_CALLS = 80000, LIVES_MOST = 6000 };
#define SEED 0x9e3779b97f4a7c15ull

/* Shared with the suite, which sees where the fuzzer stands. */
struct state {
	volatile uint32_t number, combination; /* of the call that is made, or was made last */
	volatile uint32_t calls;
	volatile uint32_t random;              /* random calls that were made */
	volatile bool done;
	uint64_t seed;
	volatile uint32_t good[CALL_NUMBERS], bad[CALL_NUMBERS];
};

static struct state *state;
static struct partner fuzzer, victim;
static addr_t state_memory, memory_start;
static slot_t memory, weak, badged, ep, reply, signal, spare;

static uint32_t random_below(uint32_t limit)
{
	return (uint32_t)(random_from(&STATE->seed) >> 16) % limit;
}

/* Everything beside the words that a call may read: the message, further arguments, lists, a thread's state. */
static void block_prepare(void)
{
	static const addr_t extras[] = {0, RIGHT_READ, RIGHT_READ | RIGHT_WRITE, 7 | MAP_POPULATE_NOW, ~(addr_t)0};
	struct utcb *utcb = utcb_self();
	uint32_t *bulk = (uint32_t *)((addr_t)utcb + UTCB_BULK);

	for (uint32_t i = 0; i < 4; i++) {
		utcb->extra[i] = extras[random_below(5)];
		utcb->caps[i] = random_below(SLOT_MADE_END + 4);
		utcb->receive[i] = random_below(3) ? SLOT_RECEIVE + i : 0;
		utcb->mint[i] = random_below(4);
	}
	utcb->word_count = random_below(40);
	utcb->cap_count = random_below(6);
	for (uint32_t i = 0; i < 512; i++)
		bulk[i] = random_below(4) ? random_below(10) : random_below(UINT32_MAX);
	struct thread_state *thread = (struct thread_state *)bulk;
	if (random_below(2)) {
		memset(thread, 0, sizeof *thread);
		thread->run = random_below(7);
		registers_start(&thread->registers, 0, FREE_AT, 0);
	}
}

static void call_make(uint32_t number, const uint64_t *word)
{
	block_prepare();
	STATE->calls++;
	uint32_t result = enter(number, word[0], word[1], word[2], word[3], word[4]);
	(result == OK ? STATE->good : STATE->bad)[number]++;
}

/* Combination number `combination` of the values of a call; false: there are not so many. */
static bool words_decode(const char *letter, uint32_t combination, uint64_t *word)
{
	for (uint32_t i = 0; i < CALL_WORDS && *letter; i++, letter++) {
		word[i] = value_of(*letter, combination % value_count(*letter));
		combination /= value_count(*letter);
	}
	return combination == 0;
}

static void sweep(void)
{
	for (; STATE->number < CALL_NUMBERS; STATE->number++, STATE->combination = 0) {
		const struct call_kind *kind = &call_kinds[STATE->number];
		uint64_t word[CALL_WORDS] = {0};
		for (; kind->words && words_decode(kind->words, STATE->combination, word); STATE->combination++)
			call_make(STATE->number, word);
	}
}

/* Mostly what belongs there, of any letter, or anything; objects are made where they are found again. */
static void random_call(void)
{
	static const char any[] = "pmtersczaoRkbid";
	uint32_t number = random_below(CALL_NUMBERS);
	const char *letter = call_kinds[number].words ? call_kinds[number].words : "";
	uint64_t word[CALL_WORDS];

	for (uint32_t i = 0; i < CALL_WORDS; i++) {
		char here = *letter ? *letter++ : 'b';
		bool keep = here == 'n' || here == 'x' || here == 'y' || random_below(8);
		word[i] = value_of(keep ? here : any[random_below(sizeof any - 1)], random_below(VALUES_MOST));
		if (!keep && random_below(2))
			word[i] = (uint64_t)random_below(UINT32_MAX) << random_below(32) | 1u << 31;
	}
	call_make(number, word);
}

/* Values, handles and addresses near the limits of everything, or any number, in all registers; also calls that are none. */
static void wild_call(void)
{
	uint32_t number = random_below(64) ? random_below(CALL_NUMBERS) : (uint32_t)random_word_from(&STATE->seed);
	addr_t word[CALL_WORDS];

	block_prepare();
	for (uint32_t i = 0; i < CALL_WORDS; i++)
		word[i] = (addr_t)(random_below(3) ? random_word_from(&STATE->seed) : random_below(SLOT_MADE_END + 32));
	for (uint32_t i = 0; i < 4; i++)
		utcb_self()->extra[i] = (addr_t)random_word_from(&STATE->seed);
	STATE->calls++;
	kernel_call(number, word);
}

static void fuzzer_main(addr_t unused)
{
	(void)unused;
	sweep();
	while (STATE->random < RANDOM_CALLS) {
		STATE->random++;
		if (random_below(4))
			random_call();
		else
			wild_call();
	}
	STATE->done = true;
	for (;;)
		thread_yield();
}

static void victim_main(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	for (;;)
		if (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) != OK)
			thread_yield();
}

static void objects_make(void)
{
	memory = slot_take();
	weak = slot_take();
	badged = slot_take();
	memory_start = memory_take(MEMORY_SIZE);
	state_memory = memory_take(PAGE_SIZE);
	state = memory_see(state_memory, PAGE_SIZE);
	memset(state, 0, sizeof *state);
	state->seed = SEED * (2 * boot_number("seed", 0) + 1);
}

static void life_begin(void)
{
	ep = object_make(KIND_ENDPOINT);
	reply = object_make(KIND_REPLY);
	signal = object_make(KIND_SIGNAL);
	spare = object_make(KIND_THREAD);
	CHECK(memory_derive(MEMORY, memory_start, MEMORY_SIZE, memory) == OK);
	CHECK(cap_copy(PD_SELF, memory, PD_SELF, weak, RIGHT_READ, 0) == OK);
	CHECK(cap_copy(PD_SELF, ep, PD_SELF, badged, RIGHT_SEND | RIGHT_WAIT, 3) == OK);
	victim.stack = fuzzer.stack = 0;   /* given back with what else the last life took */
	partner_make(&victim, victim_main, 0, (ep_t){0});
	partner_give(&victim, PARTNER_SIGNAL, signal, RIGHT_WAIT, 0);
	partner_make(&fuzzer, fuzzer_main, 0, (ep_t){0});
	CHECK(pd_map(fuzzer.pd, (addr_t)STATE, MEMORY, state_memory, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_give(&fuzzer, PARTNER_EP, ep, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&fuzzer, PARTNER_REPLY, reply, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&fuzzer, PARTNER_SIGNAL, signal, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&fuzzer, SLOT_MEMORY, memory, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&fuzzer, SLOT_WEAK, weak, RIGHT_ALL, 0);
	partner_give(&fuzzer, SLOT_BADGED, badged, RIGHT_ALL, 0);
	partner_give(&fuzzer, SLOT_VICTIM_PD, victim.pd.slot, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&fuzzer, SLOT_VICTIM, victim.thread.slot, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&fuzzer, SLOT_SPARE, spare, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	err_t err = cap_copy(PD_SELF, BOOT_SLOT_INTERRUPTS, fuzzer.pd, SLOT_INTERRUPTS, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	CHECK(err == OK || err == ERR_CAPABILITY);
	partner_start(&fuzzer);
}

/* What the fuzzer made, by the slots where it had to put it. */
static void made_end(void)
{
	slot_t found = slot_take();

	for (slot_t slot = SLOT_MADE; slot < SLOT_MADE_END; slot++)
		if (cap_copy(fuzzer.pd, slot, PD_SELF, found, RIGHT_ALL, 0) == OK && object_revoke((cap_t){found}) != OK)
			CHECK(cap_delete(PD_SELF, found) == OK);
}

/* Nothing that it made lies in its memory any more: all of it can be mapped, written, and donated for an object. */
static void memory_check(void)
{
	const addr_t at = window_base + ((addr_t)1 << 29), size = MEMORY_SIZE;
	slot_t probe = slot_take();

	CHECK(pd_map(PD_SELF, at, MEMORY, memory_start, size, RIGHT_READ | RIGHT_WRITE | MAP_POPULATE_NOW) == OK);
	memset((void *)at, 0x55, size);
	CHECK(pd_unmap(PD_SELF, at, size) == OK && memory_discard(MEMORY, memory_start, size) == OK);
	CHECK(object_create(KIND_PD, MEMORY, memory_start, size, (host_t){0}, probe) == OK);
	object_end(probe);
}

static void life_end(void)
{
	err_t err = pd_pause(fuzzer.pd, 1000000000);
	CHECK(err == OK || err == ERR_STATE || err == ERR_GONE || err == ERR_TIMEOUT);
	made_end();
	partner_end(&fuzzer);
	partner_end(&victim);
	CHECK(cap_delete(PD_SELF, weak) == OK);
	err = cap_delete(PD_SELF, badged);
	CHECK(err == OK || err == ERR_CAPABILITY);   /* who has the endpoint may revoke its badges */
	object_end(memory);
	object_end(spare);
	object_end(signal);
	object_end(reply);
	object_end(ep);
	memory_check();
}

/* Until it does not get on any more, or is done. */
static void life_watch(void)
{
	slot_t timer = object_make(KIND_SIGNAL);
	uint32_t badges, count, before, still = 0;

	while (!state->done && still < 2) {
		before = state->calls;
		CHECK(signal_wait((signal_t){timer}, clock_now() + 1000000, &badges, &count) == ERR_TIMEOUT);
		still = state->calls == before ? still + 1 : 0;
	}
	object_end(timer);
}

static bool takes_words(uint32_t number)
{
	return call_kinds[number].words && *call_kinds[number].words;
}

static void say_line(const char *what, uint64_t number)
{
	say("       ");
	say(what);
	say(": ");
	say_number(number);
	say("\n");
}

static void say_usage(const char *what, uint32_t before, uint32_t after)
{
	CHECK(before == after);
	say("       ");
	say(what);
	say(" before: ");
	say_number(before);
	say(", after: ");
	say_number(after);
	say("\n");
}

TEST(every_call, "every call with every combination of good and bad values, then random ones; all objects and pages come back")
{
	uint32_t lives = 0;

	objects_make();
	const struct usage before = usage_read();
	for (; !state->done && lives < LIVES_MOST; lives++) {
		const struct mark mark = mark_set();
		life_begin();
		life_watch();
		life_end();
		mark_back(&mark);
		state->combination++;
	}
	const struct usage after = usage_read();
	CHECK(state->done);
	for (uint32_t i = 0; i < CALL_NUMBERS; i++) {
		bool right = (!call_kinds[i].succeeds || state->good[i]) && (!takes_words(i) || state->bad[i]);
		CHECK(right);
		if (!right)
			say_line("this call always or never succeeds", i);
	}
	say_line("seed", boot_number("seed", 0));
	say_line("calls", state->calls);
	say_line("lives", lives);
	say_usage("objects", before.objects, after.objects);
	say_usage("pages that hold objects", before.object_pages, after.object_pages);
	say_usage("pages populated", before.populated_pages, after.populated_pages);
}
