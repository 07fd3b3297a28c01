/* SPDX-License-Identifier: MIT */
/*
 * A hostile target of the RTCR: random requests with random capabilities to every session that the RTCR serves in
 * place of core, while it is checkpointed. It spares its own program, threads and end, so that it lives to the end.
 */
#include <cpu/session.h>
#include <kernel/thread.h>

#include "component/subject.h"

enum { OWN = 3000, OWN_COUNT = 16, FIXED = 8, FREE_PLACE = 0x7000000 };

static slot_t targets[FIXED + OWN_COUNT] = {SLOT_PARENT, SLOT_PD, SLOT_CPU, SLOT_LOG, SLOT_ADDRESS_SPACE};
static uint64_t seed;

static uint64_t next(void)
{
	return seed = subject_mix(seed);
}

static uint32_t word(void)
{
	static const uint32_t extremes[] = {0, 1, 2, 7, 16, 4096, 8192, 65536, ~0u, ~4095u, 1u << 31, INT32_MAX, FREE_PLACE};
	uint64_t pick = next();

	if (pick % 3 == 0)
		return (uint32_t)(pick >> 8);
	return pick % 3 == 1 ? (uint32_t)(pick >> 8) % 16 : extremes[(pick >> 8) % (sizeof extremes / sizeof *extremes)];
}

static void sessions_make(void)
{
	static const char *const services[] = {"TIMER", "RM", "ROM"}, *const labels[] = {"", "", "program"};

	for (uint32_t i = 0; i < 3; i++) {
		struct session session;
		subject_ok(session_open(services[i], labels[i], 0, &session));
		targets[FIXED - 3 + i] = session.ep.slot;
	}
}

/* An endpoint of its own would never answer; what the RTCR serves has a badge. */
static bool answers_come(slot_t target)
{
	struct cap_entry entry;

	return target < OWN || (subject_slot(target, &entry) && entry.kind == KIND_ENDPOINT && entry.badge);
}

/*
 * What is left alone: the own end and thread, threads that would run anywhere, the own program,
 * stack, buffers and sessions.
 */
static bool request_make(slot_t target)
{
	static const uint8_t sizes[] = {1, 1, 1, 3, 3, 5, 5, 7, 9, 13, 21, 29, 30, 31, 32};   /* most are right somewhere */
	struct utcb *utcb = utcb_self();

	utcb->words[0] = (uint32_t)(next() % 12);
	if ((target == SLOT_PARENT &&
	     (utcb->words[0] == parent_op_exit || utcb->words[0] == parent_op_session_close)) ||
	    (target == SLOT_CPU && utcb->words[0] == cpu_op_thread_destroy))
		return false;
	for (uint32_t i = 1; i < MESSAGE_WORDS; i++)
		utcb->words[i] = word();
	if (target == SLOT_ADDRESS_SPACE) {
		utcb->words[1] = FREE_PLACE + (uint32_t)(next() % 64) * 4096;
		utcb->words[2] = 0;
		utcb->words[3] = (uint32_t)(next() % 16) * 4096;
		utcb->words[4] = 0;
	}
	for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
		utcb->caps[i] = next() % 2 ? targets[next() % FIXED] : OWN + (slot_t)(next() % OWN_COUNT);
		utcb->receive[i] = target == SLOT_CPU ? 0 : OWN + (slot_t)(next() % OWN_COUNT);
	}
	utcb->word_count = next() % 8 ? sizes[next() % sizeof sizes] : word();
	utcb->cap_count = next() % 8 ? 1 + (uint32_t)(next() % 2) : word();
	return true;
}

int component_main(addr_t argument)
{
	uint64_t requests = subject_begin("intruder", "makes requests that are wrong"), answers[ERR_COUNT + 1] = {0};

	(void)argument;
	seed = subject_option(2, 1);
	sessions_make();
	for (uint32_t i = 0; i < OWN_COUNT; i++)
		targets[FIXED + i] = OWN + i;
	for (uint64_t i = 0; i < requests; i++) {
		slot_t target = targets[next() % 4 ? next() % FIXED : next() % (FIXED + OWN_COUNT)];
		if (!answers_come(target) || !request_make(target))
			continue;
		err_t err = ipc_call((ep_t){target});
		uint32_t answer = err == OK ? utcb_self()->words[0] : (uint32_t)err;
		answers[answer < ERR_COUNT ? answer : ERR_COUNT]++;
		if (next() % 4 == 0) {
			err_t ignored = cap_delete(PD_SELF, OWN + (slot_t)(next() % OWN_COUNT));
			(void)ignored;
		}
	}
	subject_print("%lu requests, %lu done, %lu wrong arguments, %lu wrong capabilities, %lu unsupported, %lu unknown answers",
	              requests, answers[OK], answers[ERR_ARGUMENT], answers[ERR_CAPABILITY], answers[ERR_UNSUPPORTED],
	              answers[ERR_COUNT]);
	return answers[ERR_COUNT] != 0;
}
