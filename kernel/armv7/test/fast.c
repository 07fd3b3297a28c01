/* SPDX-License-Identifier: MIT */
/*
 * The short way of a message against the long one: threads of several domains do random calls, are paused, get other
 * priorities, budgets and deadlines. Where fast_call takes a call, everything is put back and the call is done the long
 * way: all objects, control blocks, queues, the timer and the thread to go on with must be the same. Where it does not, it
 * must have changed nothing. Built with sanitizers.
 *
 * The sources are included because their variables are part of what is compared.
 */
#include <kernel/pd.h>
#include <string.h>

#include "kernel/armv7/schedule.c"
#include "kernel/armv7/timer.c"

#include "kernel/armv7/fast.h"
#include "kernel/object/call.h"
#include "kernel/object/decode.h"
#include "kernel/object/ipc.h"
#include "kernel/armv7/test/expect.h"

enum { STEPS = 400000, PDS = 3, THREADS = 6, ENDPOINTS = 2, REPLIES = 4, SIGNALS = 2, SLOTS = 24, PERIPHERALS = 0x1000 };

/* Everything but the variables of the sources. */
static struct world {
	struct pd pds[PDS];
	struct cap slots[PDS][SLOTS];
	struct thread threads[THREADS];
	struct thread_machine machines[THREADS];
	struct utcb blocks[THREADS];
	struct endpoint endpoints[ENDPOINTS];
	struct reply replies[REPLIES];
	struct signal signals[SIGNALS];
	struct pd *entered;
	const struct thread *vectors;
	uint32_t devices[PERIPHERALS / 4];
} world;

struct picture {
	struct world world;
	struct core core;
};

static struct picture before, after_fast, after_long;
static bool may_idle;

static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % limit;
}

static void picture_take(struct picture *picture)
{
	memset(picture, 0, sizeof *picture);
	picture->world = world;
	picture->core = cores[0];
}

static void picture_restore(const struct picture *picture)
{
	world = picture->world;
	cores[0] = picture->core;
}

/* What these sources ask of the rest of the kernel. */
volatile uint32_t *device(uint32_t address)
{
	return &world.devices[address % PERIPHERALS / 4];
}

void domain_enter(struct pd *pd)
{
	world.entered = pd;
}

void vector_switch(const struct thread *next)
{
	world.vectors = next;
}

void vector_store(struct thread_machine *machine)
{
	(void)machine;
}

uint32_t core_count(void)
{
	return 1;
}

void interrupt_send(uint32_t core)
{
	(void)core;
	EXPECT(!"there is one core");
}

void thread_go(struct thread *thread)
{
	schedule_update(thread);
	schedule_prefer(thread);
}

void machine_continue(struct thread *thread, err_t result)
{
	thread->machine->user.r[0] = result;
	thread_go(thread);
}

void machine_fault_done(struct thread *thread, enum fault_reply how)
{
	if (how == FAULT_STOP)
		thread->run = THREAD_STOPPED;
	else
		thread_go(thread);
}

uint32_t interrupt_take(void)
{
	return TIMER_INTERRUPT;
}

void interrupt_end(uint32_t number)
{
	(void)number;
}

static void clock_forward(uint32_t ticks_more)
{
	world.devices[COUNT_LOW / 4 + 0x200 / 4] += ticks_more;
}

static void thread_wake(struct thread *thread)
{
	thread->paused = thread->pd->paused = false;
	if (thread->run != THREAD_RUNNING)
		thread_unblock(thread, ERR_GONE);
	schedule_update(thread);
}

void cpu_wait(void)
{
	EXPECT(may_idle);
	clock_forward(1000000);
	thread_wake(&world.threads[random_below(THREADS)]);
}

static struct object *object_any(void)
{
	switch (random_below(3)) {
	case 0: return &world.endpoints[random_below(ENDPOINTS)].object;
	case 1: return &world.replies[random_below(REPLIES)].object;
	default: return &world.signals[random_below(SIGNALS)].object;
	}
}

static void slot_fill(struct pd *pd, uint32_t slot)
{
	cap_clear(&pd->slots[slot]);
	if (random_below(8))
		cap_set(pd_slot(pd, slot), object_any(), random_below(6) ? RIGHT_ALL : random_below(256), random_below(4));
}

static void thread_make(uint32_t number)
{
	struct thread *thread = &world.threads[number];

	object_init(&thread->object, KIND_THREAD);
	thread->pd = &world.pds[number % PDS];
	thread->next_in_pd = thread->pd->threads;
	thread->pd->threads = thread;
	thread->utcb = &world.blocks[number];
	thread->index = number;
	thread->run = THREAD_RUNNING;
	thread->machine = &world.machines[number];
	thread->machine->deadline = (struct timer){.kind = TIMER_DEADLINE, .thread = thread};
	thread->machine->refill = (struct timer){.kind = TIMER_REFILL, .thread = thread};
	cap_set(&thread->fault_ep, &world.endpoints[0].object, RIGHT_SEND, number);
	schedule_update(thread);
}

static void world_make(void)
{
	core_init(&cores[0]);
	for (uint32_t i = 0; i < ENDPOINTS; i++) {
		object_init(&world.endpoints[i].object, KIND_ENDPOINT);
		queue_init(&world.endpoints[i].callers);
		queue_init(&world.endpoints[i].waiters);
	}
	for (uint32_t i = 0; i < REPLIES; i++)
		object_init(&world.replies[i].object, KIND_REPLY);
	for (uint32_t i = 0; i < SIGNALS; i++) {
		object_init(&world.signals[i].object, KIND_SIGNAL);
		queue_init(&world.signals[i].waiters);
	}
	for (uint32_t i = 0; i < PDS; i++) {
		object_init(&world.pds[i].object, KIND_PD);
		world.pds[i].slots = world.slots[i];
		world.pds[i].slot_count = SLOTS;
		for (uint32_t slot = 1; slot < SLOTS; slot++)
			slot_fill(&world.pds[i], slot);
	}
	for (uint32_t i = 0; i < THREADS; i++)
		thread_make(i);
	may_idle = true;
	schedule_next();
}

/* As the pausing and scheduling calls do it; of any thread but the one that runs. */
static void thread_disturb(struct thread *thread)
{
	const struct thread_schedule plain = {random_below(3), AFFINITY_ANY, 0, 0}, bounded = {random_below(3), 0, 200, 2000};
	bool *flag = random_below(2) ? &thread->paused : &thread->pd->paused;

	if (random_below(2)) {
		err_t err = machine_schedule(thread, random_below(4) ? &plain : &bounded);
		EXPECT(err == OK);
		return;
	}
	if (thread == current || (flag == &thread->pd->paused && thread->pd == current->pd))
		return;
	*flag = !*flag;
	for (struct thread *each = thread->pd->threads; each; each = each->next_in_pd) {
		schedule_update(each);
		if (!*flag && !thread_is_paused(each))
			thread_rematch(each);
	}
}

static void disturb(void)
{
	uint32_t kind = random_below(16);

	if (kind < 3)
		thread_disturb(&world.threads[random_below(THREADS)]);
	else if (kind == 3)
		slot_fill(&world.pds[random_below(PDS)], 1 + random_below(SLOTS - 1));
	else if (kind == 4)
		fault_send(current);
	else if (kind == 5)
		machine_yield(current);
	else if (kind == 6)
		clock_forward(random_below(1000000)), schedule_interrupt();
	else if (kind < 10)
		clock_forward(random_below(20000));   /* the interrupt is not there yet */
	if (kind < 7)
		schedule_next();
}

/* A slot that holds an object of this kind if there is one near. */
static uint32_t slot_of(enum kind kind)
{
	uint32_t slot = random_below(SLOTS), last = slot + SLOTS;

	for (; random_below(30) && slot < last; slot++)
		if (current->pd->slots[slot % SLOTS].object && current->pd->slots[slot % SLOTS].object->kind == kind)
			break;
	return slot % SLOTS;
}

static const uint32_t numbers[] = {CALL_IPC_CALL, CALL_IPC_CALL, CALL_IPC_REPLY_WAIT, CALL_IPC_REPLY_WAIT, CALL_IPC_WAIT,
                                   CALL_IPC_REPLY, CALL_SIGNAL_SUBMIT, CALL_SIGNAL_WAIT};

static uint32_t arguments_choose(void)
{
	uint32_t number = numbers[random_below(sizeof numbers / sizeof *numbers)], *r = current->machine->user.r;
	uint64_t deadline = random_below(8) ? DEADLINE_NEVER : machine_now() + random_below(1u << 24);

	r[0] = slot_of(number == CALL_IPC_REPLY ? KIND_REPLY
	               : number == CALL_SIGNAL_SUBMIT || number == CALL_SIGNAL_WAIT ? KIND_SIGNAL : KIND_ENDPOINT);
	r[1] = slot_of(KIND_REPLY);
	r[2] = random_below(2) ? slot_of(KIND_SIGNAL) : 0;
	r[3] = (uint32_t)deadline;
	r[4] = (uint32_t)(deadline >> 32);
	current->utcb->word_count = random_below(40);
	current->utcb->cap_count = random_below(8) ? 0 : random_below(6);
	for (uint32_t i = 0; i < MESSAGE_WORDS; i++)
		current->utcb->words[i] = random_below(1u << 30);
	for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
		current->utcb->caps[i] = random_below(SLOTS + 1);
		current->utcb->receive[i] = random_below(SLOTS + 1);
	}
	return number;
}

static struct context *long_way(uint32_t number)
{
	const uint32_t *r = current->machine->user.r;
	uint64_t deadline = (uint64_t)r[4] << 32 | r[3], wait[] = {r[0], r[1], r[2], deadline}, take[] = {r[0], deadline};
	struct thread *thread = current;
	bool blocked = false;
	err_t err;

	switch (number) {
	case CALL_IPC_CALL: err = do_ipc_call(thread, wait, &blocked); break;
	case CALL_IPC_WAIT: err = do_ipc_wait(thread, wait, &blocked); break;
	case CALL_IPC_REPLY: err = do_ipc_reply(thread, wait, &blocked); break;
	case CALL_IPC_REPLY_WAIT: err = do_ipc_reply_wait(thread, wait, &blocked); break;
	case CALL_SIGNAL_SUBMIT: err = do_signal_submit(thread, wait, &blocked); break;
	default: err = do_signal_wait(thread, take, &blocked); break;
	}
	if (!blocked)
		thread->machine->user.r[0] = err;
	return schedule_next();
}

static uint32_t bounded_ways, used_up;
static uint32_t short_ways[CALL_IPC_REPLY_WAIT + 1], long_ways[CALL_IPC_REPLY_WAIT + 1];

static void call_try(void)
{
	uint32_t number = arguments_choose();
	const struct thread *thread = current;

	picture_take(&before);
	const struct context *fast = fast_call(number);
	picture_take(&after_fast);
	if (fast)
		picture_restore(&before);
	else
		EXPECT(!memcmp(&before, &after_fast, sizeof before));
	may_idle = !fast;
	const struct context *slow = long_way(number);
	picture_take(&after_long);
	EXPECT(!fast || (fast == slow && !memcmp(&after_fast, &after_long, sizeof after_long)));
	may_idle = true;
	bounded_ways += fast && thread->schedule.budget;
	used_up += fast && thread->machine->throttled;
	if (number == CALL_IPC_CALL || number == CALL_IPC_REPLY_WAIT)
		(fast ? short_ways : long_ways)[number]++;
}

int main(void)
{
	world_make();
	for (uint32_t step = 0; step < STEPS; step++) {
		disturb();
		call_try();
	}
	printf("calls: %u by the short way, %u not; answers: %u, %u\n", short_ways[CALL_IPC_CALL], long_ways[CALL_IPC_CALL],
	       short_ways[CALL_IPC_REPLY_WAIT], long_ways[CALL_IPC_REPLY_WAIT]);
	printf("of threads with a budget: %u, after which it was used up %u times\n", bounded_ways, used_up);
	EXPECT(bounded_ways > 1000 && used_up > 100);
	EXPECT(short_ways[CALL_IPC_CALL] > 1000 && long_ways[CALL_IPC_CALL] > 1000);
	EXPECT(short_ways[CALL_IPC_REPLY_WAIT] > 1000 && long_ways[CALL_IPC_REPLY_WAIT] > 1000);
	printf("1 passed, 0 failed\n");
	return 0;
}
