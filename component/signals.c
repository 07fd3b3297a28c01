/* SPDX-License-Identifier: MIT */
/*
 * Signals: two producers submit by badges of their own to one consumer, and not one submission is lost or doubled; a
 * signal that nobody waits for keeps exactly what is pending; timed waits end neither early nor never; the clock goes
 * back in no thread and from no thread to another.
 */
#include <inttypes.h>

#include "component/subject.h"

enum { PRODUCERS = 2, STACK = 64 * 1024, BADGES = 0xfff };

static struct {
	uint64_t steps;
	signal_t work, done;
	struct {
		slot_t submit;             /* to `work` */
		uint32_t badge;
		uint64_t begun, ended;     /* submissions */
	} producer[PRODUCERS];
	uint64_t latest;                   /* of all clock readings */
} all;

/* What another thread has seen before this reading must not be later. */
static uint64_t clock_read(void)
{
	uint64_t seen = __atomic_load_n(&all.latest, __ATOMIC_SEQ_CST), now = clock_now();

	subject_check(now >= seen, "the clock went back by %" PRIu64 " ns", seen - now);
	while (seen < now &&
	       !__atomic_compare_exchange_n(&all.latest, &seen, now, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	return now;
}

static void produce(addr_t n)
{
	uint64_t choice = n;

	for (uint64_t step = 0; step < all.steps; step++) {
		choice = subject_mix(choice);
		for (uint64_t burst = choice % 4; burst; burst--) {
			__atomic_add_fetch(&all.producer[n].begun, 1, __ATOMIC_SEQ_CST);
			subject_ok(signal_submit((signal_t){all.producer[n].submit}));
			__atomic_add_fetch(&all.producer[n].ended, 1, __ATOMIC_SEQ_CST);
		}
		uint64_t until = clock_read() + choice % MILLISECOND;
		subject_sleep(until);
		subject_check(clock_read() >= until, "awake before %" PRIu64, until);
	}
	subject_ok(signal_submit(all.done));
	for (;;)
		subject_sleep(clock_now() + (uint64_t)1000 * MILLISECOND);
}

static uint64_t submissions(bool ended)
{
	uint64_t sum = 0;

	for (uint32_t n = 0; n < PRODUCERS; n++)
		sum += __atomic_load_n(ended ? &all.producer[n].ended : &all.producer[n].begun, __ATOMIC_SEQ_CST);
	return sum;
}

/* Takes what is there, at most until `deadline`: how many. */
static uint64_t consume(uint64_t deadline, uint64_t received)
{
	uint64_t least = submissions(true);
	uint32_t badges, count;
	err_t err = signal_wait(all.work, deadline, &badges, &count);

	if (err == ERR_TIMEOUT) {
		subject_check(clock_read() >= deadline, "the wait ended early");
		subject_check(received >= least, "%" PRIu64 " received, %" PRIu64 " submitted", received, least);
		return 0;
	}
	subject_ok(err);
	subject_check(count && badges && !(badges & ~3u), "count %u, badges %x", count, badges);
	subject_check(received + count >= least && received + count <= submissions(false),
	              "%" PRIu64 " received, %" PRIu64 " to %" PRIu64 " submitted", received + count, least,
	              submissions(false));
	return count;
}

/* A signal without a waiter against its model. */
static uint64_t pending_step(signal_t signal, const slot_t *minted, uint64_t choice)
{
	static uint32_t badges, count;
	uint32_t found_badges, found_count;

	subject_ok(signal_get(signal, &found_badges, &found_count));
	subject_check(found_badges == badges && found_count == count, "%x, %u pending, not %x, %u", found_badges,
	              found_count, badges, count);
	uint32_t bit = choice % 12;
	if (choice >> 8 & 3) {
		subject_ok(signal_submit((signal_t){minted[bit]}));
		badges |= 1u << bit;
		count++;
	} else if (count && choice >> 10 & 1) {
		subject_ok(signal_wait(signal, 0, &found_badges, &found_count));
		subject_check(found_badges == badges && found_count == count, "%x, %u taken, not %x, %u", found_badges,
		              found_count, badges, count);
		badges = count = 0;
	} else if (!count) {
		subject_expect(signal_wait(signal, 0, &found_badges, &found_count), ERR_TIMEOUT);
	} else {
		badges = (uint32_t)(choice >> 20) & BADGES;
		count = (uint32_t)(choice >> 40) % 5 + 1;
		subject_ok(signal_set(signal, badges, count));
	}
	return (uint64_t)badges << 32 | count;
}

static void producers_start(void)
{
	subject_ok(signal_alloc(&all.work));
	subject_ok(signal_alloc(&all.done));
	for (uint32_t n = 0; n < PRODUCERS; n++) {
		all.producer[n].badge = 1u << n;
		subject_ok(cap_mint(cap_any(all.work), 1u << n, RIGHT_SEND, &all.producer[n].submit));
	}
	for (uint32_t n = 0; n < PRODUCERS; n++)
		subject_ok(thread_spawn(n + 1, "producer", STACK, produce, n));
}

int component_main(addr_t argument)
{
	uint64_t choice = 1, result = 0, received = 0, ready = 0;
	slot_t minted[12];
	signal_t pending;

	(void)argument;
	all.steps = subject_begin("signals", "signals are neither lost nor doubled, waits end in time");
	subject_ok(signal_alloc(&pending));
	for (uint32_t bit = 0; bit < 12; bit++)
		subject_ok(cap_mint(cap_any(pending), 1u << bit, RIGHT_SEND, &minted[bit]));
	producers_start();
	for (uint64_t step = 0; step < all.steps; step++) {
		choice = subject_mix(choice);
		result = subject_mix(result ^ pending_step(pending, minted, choice));
		received += consume(clock_read() + choice % (2 * MILLISECOND), received);
	}
	while (ready < PRODUCERS) {
		uint32_t badges, count;
		subject_ok(signal_wait(all.done, DEADLINE_NEVER, &badges, &count));
		ready += count;
	}
	while (received < submissions(true))
		received += consume(clock_read(), received);
	subject_expect(signal_wait(all.work, 0, &(uint32_t){0}, &(uint32_t){0}), ERR_TIMEOUT);
	subject_check(received == submissions(false), "%" PRIu64 " received, %" PRIu64 " submitted", received,
	              submissions(false));
	return subject_finish(all.steps, subject_mix(result ^ received));
}
