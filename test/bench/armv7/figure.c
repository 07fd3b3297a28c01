/* SPDX-License-Identifier: MIT */
/* Figures, and partners for them: see figure.h. */
#include "test/bench/armv7/figure.h"

void figure_say(const char *what, uint64_t nanoseconds, uint32_t rounds)
{
	say("figure: ");
	say_number(nanoseconds);
	say(" of ");
	say_number(rounds);
	say(": ");
	say(what);
	say("\n");
}

void pair_make(struct pair *pair, void (*main)(addr_t), addr_t argument, uint32_t priority, bool faults)
{
	const struct thread_schedule schedule = {priority, AFFINITY_ANY, 0, 0};

	pair->ep = object_make(KIND_ENDPOINT);
	pair->reply = object_make(KIND_REPLY);
	pair->signal = object_make(KIND_SIGNAL);
	partner_make(&pair->partner, main, argument, (ep_t){faults ? pair->ep : 0});
	partner_give(&pair->partner, PARTNER_EP, pair->ep, RIGHT_ALL, 0);
	partner_give(&pair->partner, PARTNER_REPLY, pair->reply, RIGHT_ALL, 0);
	partner_give(&pair->partner, PARTNER_SIGNAL, pair->signal, RIGHT_ALL, 0);
	CHECK(thread_schedule_set(pair->partner.thread, &schedule) == OK);
	partner_start(&pair->partner);
}

void pair_end(struct pair *pair)
{
	partner_end(&pair->partner);
	object_end(pair->signal);
	object_end(pair->reply);
	object_end(pair->ep);
}

void message_set(uint32_t words, uint32_t caps)
{
	utcb_self()->word_count = words;
	utcb_self()->cap_count = caps;
}
