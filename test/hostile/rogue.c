/* SPDX-License-Identifier: MIT */
/*
 * A hostile child of init: everything a parent can be asked, wrong; a service that it should not offer, and one that it
 * offers and never answers; sessions until there are no more; at last a wild jump. Init goes on and so do all others.
 */
#include <framework/format.h>
#include <framework/memory.h>
#include <kernel/thread.h>

#include "test/hostile/attack.h"

enum { REQUESTS = 4000, SESSIONS = 5000 };

static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint64_t random_next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static err_t announce(const char *service, ep_t ep, signal_t signal)
{
	struct parent_announce_request request = {0};
	struct parent_announce_reply reply;
	const slot_t caps[2] = {ep.slot, signal.slot};

	text_copy(request.service, sizeof request.service, service);
	return parent_announce((ep_t){SLOT_PARENT}, &request, caps, &reply, NULL);
}

static uint32_t services_steal(ep_t ep, signal_t signal)
{
	static const char *const services[] = {"STORE", "TERMINAL", "CHECKPOINT", "PD", "CPU", "ROM", "LOG", "", "ECHO", "*"};
	uint32_t stolen = 0;

	for (uint32_t i = 0; i < sizeof services / sizeof *services; i++)
		stolen += announce(services[i], ep, signal) == OK;
	return stolen;
}

/* Requests of random words and capabilities to the parent; exit is left for the end. */
static void parent_confuse(void)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < REQUESTS; i++) {
		utcb->words[0] = (uint32_t)(random_next() % 12);
		if (utcb->words[0] == parent_op_exit)
			continue;
		for (uint32_t word = 1; word < MESSAGE_WORDS; word++)
			utcb->words[word] = (uint32_t)random_next() >> random_next() % 32;
		for (uint32_t cap = 0; cap < MESSAGE_CAPS; cap++) {
			utcb->caps[cap] = (slot_t)(random_next() % 12);
			utcb->receive[cap] = 0;
		}
		utcb->word_count = random_next() % 2 ? 29 : (uint32_t)(random_next() % 40);
		utcb->cap_count = (uint32_t)(random_next() % 6);
		err_t ignored = ipc_call((ep_t){SLOT_PARENT});
		(void)ignored;
	}
}

int component_main(addr_t argument)
{
	static struct session sessions[SESSIONS];
	uint32_t opened = 0;
	signal_t signal;
	ep_t ep;

	(void)argument;
	if (ep_alloc(&ep) != OK || signal_alloc(&signal) != OK)
		return 1;
	uint32_t stolen = services_steal(ep, signal);
	bool silent = announce("SILENCE", ep, signal) == OK;
	parent_confuse();
	while (opened < SESSIONS && session_open("LOG", "rogue", 0, &sessions[opened]) == OK)
		opened++;
	log_line("rogue: %u services stolen, silent %u, %u requests, %u sessions", stolen, silent, REQUESTS, opened);
	uint32_t badges, count;
	err_t ignored = signal_wait(signal, clock_now() + 1000000000, &badges, &count);
	(void)ignored;
	((void (*)(void))0xdead000)();
	return 2;
}
