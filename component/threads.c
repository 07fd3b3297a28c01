/* SPDX-License-Identifier: MIT */
/*
 * Threads that come and go: each is made in one step, stands unstarted through some, is started, works, and is destroyed
 * when it has said so. One that was not started must not run, also not after a restore; one that was must have run to its
 * end once. OPTION: they are placed on cores 1 to that; 0: anywhere.
 */
#include <cpu/session.h>
#include <framework/format.h>
#include <kernel/thread.h>

#include "component/subject.h"

enum { THREADS = 6, STACK = 16 * 1024, INDEX_FIRST = 1, WAIT_MOST = 4 };

enum stage { NONE, MADE, STARTED, DONE };

static struct worker {
	uint32_t stage;                /* DONE is set by the worker */
	uint32_t runs;                 /* counted by it */
	uint64_t seed, value;          /* what it is given, and what it makes of it */
	uint32_t steps;                /* until it is started */
	slot_t thread;
	void *stack;
} workers[THREADS];

static uint32_t cores;

static uint64_t product(uint64_t seed)
{
	for (uint32_t i = 0; i < 1000; i++)
		seed = subject_mix(seed);
	return seed;
}

static void work(addr_t n)
{
	struct worker *worker = &workers[n];

	worker->runs++;
	worker->value = product(worker->seed);
	__atomic_store_n(&worker->stage, DONE, __ATOMIC_RELEASE);
	for (;;)
		subject_sleep(clock_now() + (uint64_t)1000 * MILLISECOND);
}

/* The control block of one that was destroyed may not be free yet: the next step tries again. */
static void worker_make(uint32_t n, uint64_t choice)
{
	struct cpu_thread_create_request request = {.index = INDEX_FIRST + n,
	                                                  .core = cores ? 1 + n % cores : AFFINITY_ANY};
	struct cpu_thread_create_reply reply;
	struct worker *worker = &workers[n];
	const slot_t own = SLOT_PD;

	text_format(request.name, sizeof request.name, "worker %u", n);
	if (!worker->stack)
		subject_ok(memory_take(STACK, &worker->stack));
	subject_ok(slot_take(&worker->thread));
	err_t err = cpu_thread_create((ep_t){SLOT_CPU}, &request, &own, &reply, &worker->thread);
	if (err == ERR_BUSY) {
		slot_give(worker->thread);
		return;
	}
	subject_ok(err);
	worker->stage = MADE;
	worker->runs = 0;
	worker->seed = choice;
	worker->value = 0;
	worker->steps = (uint32_t)(choice % WAIT_MOST) + 1;
}

static void worker_start(uint32_t n)
{
	struct worker *worker = &workers[n];
	const struct cpu_thread_start_request request = {(addr_t)work, (addr_t)worker->stack + STACK - 8, n};
	struct cpu_thread_start_reply reply;

	subject_check(!worker->runs && !worker->value, "worker %u ran before it was started", n);
	worker->stage = STARTED;
	subject_ok(cpu_thread_start((ep_t){worker->thread}, &request, NULL, &reply, NULL));
}

static void worker_destroy(uint32_t n)
{
	const struct cpu_thread_destroy_request request = {};
	struct cpu_thread_destroy_reply reply;
	struct worker *worker = &workers[n];

	subject_check(worker->runs == 1, "worker %u ran %u times", n, worker->runs);
	subject_check(worker->value == product(worker->seed), "worker %u made something else", n);
	subject_ok(cpu_thread_destroy((ep_t){SLOT_CPU}, &request, &worker->thread, &reply, NULL));
	slot_give(worker->thread);
	worker->stage = NONE;
}

/* True: its worker has done its work. */
static bool worker_step(uint32_t n, uint64_t choice)
{
	struct worker *worker = &workers[n];

	switch (__atomic_load_n(&worker->stage, __ATOMIC_ACQUIRE)) {
	case NONE:
		worker_make(n, choice);
		return false;
	case MADE:
		if (!--worker->steps)
			worker_start(n);
		return false;
	case DONE:
		worker_destroy(n);
		return true;
	default:
		return false;
	}
}

int component_main(addr_t argument)
{
	uint64_t choice = 11, steps = subject_begin("threads", "threads that are made, wait, are started and destroyed");
	uint32_t done = 0;

	(void)argument;
	cores = (uint32_t)subject_option(2, 0);
	for (uint64_t step = 0; step < steps; step++) {
		for (uint32_t n = 0; n < THREADS; n++)
			done += worker_step(n, choice = subject_mix(choice));
		subject_sleep(clock_now() + choice % MILLISECOND);
	}
	subject_check(done, "no thread did its work");
	return subject_finish(steps, choice);
}
