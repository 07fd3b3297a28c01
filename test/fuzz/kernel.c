/* SPDX-License-Identifier: MIT */
/* Coroutines, messages and signals of the kernel for tests, see kernel.h. */
#include <asm/prctl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kernel/boot.h>
#include <kernel/machine.h>
#include <kernel/pd.h>

#include "kernel/object/machine.h"
#include "test/fuzz/kernel.h"

enum { STACK = 1 << 20, TIMEOUTS_MAX = 1000 };

static struct {
	uint64_t now;
	struct thread *driver, *current, *all;
	struct pd *first;
} model;

/* Sanitizers want to know of stacks; without one these do not exist. */
void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void *save, const void **bottom, size_t *size) __attribute__((weak));

struct thread *kernel_current(void)
{
	return model.current;
}

struct thread *kernel_threads(void)
{
	return model.all;
}

struct pd *kernel_first(void)
{
	return model.first;
}

void kernel_thread_init(struct thread *thread)
{
	struct thread_machine *machine = calloc(1, sizeof *machine);

	FUZZ_CHECK(machine, "no memory");
	machine->block = calloc(1, sizeof *machine->block);
	FUZZ_CHECK(machine->block, "no memory");
	machine->block->self = (addr_t)machine->block;
	machine->thread = thread;
	machine->next = model.all;
	model.all = thread;
	thread->machine = machine;
	thread->utcb = machine->block;
	thread->run = THREAD_STOPPED;
	thread->schedule.core = AFFINITY_ANY;
}

void kernel_thread_done(struct thread *thread)
{
	struct thread **link = &model.all;

	while (*link != thread)
		link = &(*link)->machine->next;
	*link = thread->machine->next;
	free(thread->machine->block);
	free(thread->machine->stack);
	free(thread->machine);
}

/* The first thing that a coroutine does on its stack. */
static void coroutine_begin(void)
{
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
	model.current->machine->entry();
	fuzz_fail(__FILE__, __LINE__, "a coroutine returned");
}

static void switch_to(struct thread *thread)
{
	struct thread *before = model.current;
	void *fake = NULL;

	if (thread == before)
		return;
	model.current = thread;
	FUZZ_CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, thread->utcb) == 0, "arch_prctl");
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(&fake, thread->machine->context.uc_stack.ss_sp,
		                               thread->machine->context.uc_stack.ss_size);
	swapcontext(&before->machine->context, &thread->machine->context);
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

/* The next coroutine that can run, in order, after the one that runs. */
static struct thread *next_ready(void)
{
	struct thread *thread = model.current;

	do {
		thread = thread->machine->next ? thread->machine->next : model.all;
		if (thread->machine->ready && thread->machine->entry)
			return thread;
	} while (thread != model.current);
	return NULL;
}

/* The operation of the current actor blocks: let others run until it has its result. */
static err_t result_wait(void)
{
	struct thread *self = model.current;

	self->machine->ready = false;
	while (!self->machine->ready) {
		struct thread *next = next_ready();
		if (!next)
			next = model.driver;
		if (next == self && self->run == THREAD_WAITING && self->deadline != UINT64_MAX) {
			clock_advance(self->deadline - clock_now());   /* what nobody can end but time */
			continue;
		}
		FUZZ_CHECK(next != self, "the driver calls and nobody will ever answer");
		switch_to(next);
	}
	return self->machine->result;
}

void kernel_run(void)
{
	struct thread *next;

	FUZZ_CHECK(model.current == model.driver, "only the driver lets others run");
	while ((next = next_ready()) != NULL)
		switch_to(next);
}

static struct thread *thread_new(struct pd *pd, void (*entry)(void))
{
	struct thread *thread = (struct thread *)kernel_object_make(KIND_THREAD);

	thread->pd = pd;
	thread->next_in_pd = pd ? pd->threads : NULL;
	if (pd)
		pd->threads = thread;
	thread->run = THREAD_RUNNING;
	thread->machine->entry = entry;
	thread->machine->ready = entry != NULL;
	return thread;
}

struct thread *kernel_actor_start(struct pd *pd, void (*entry)(void))
{
	struct thread *thread = thread_new(pd, entry);
	struct thread_machine *machine = thread->machine;

	FUZZ_CHECK(getcontext(&machine->context) == 0, "getcontext");
	machine->stack = malloc(STACK);
	FUZZ_CHECK(machine->stack, "no memory");
	machine->context.uc_stack.ss_sp = machine->stack;
	machine->context.uc_stack.ss_size = STACK;
	machine->context.uc_link = NULL;
	makecontext(&machine->context, coroutine_begin, 0);
	return thread;
}

/* The stack of the driver is that of the process; a sanitizer has to know where it lies. */
static void driver_make(void)
{
	pthread_attr_t attributes;
	void *bottom;
	size_t size;

	FUZZ_CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0 &&
	           pthread_attr_getstack(&attributes, &bottom, &size) == 0, "where is the stack?");
	pthread_attr_destroy(&attributes);
	model.driver = thread_new(NULL, NULL);
	model.driver->machine->context.uc_stack.ss_sp = bottom;
	model.driver->machine->context.uc_stack.ss_size = size;
	model.current = model.driver;
	FUZZ_CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, model.driver->utcb) == 0, "arch_prctl");
}

static void boot_cap(struct pd *pd, slot_t slot, struct object *object)
{
	cap_set(&pd->slots[slot], object, RIGHT_ALL, 0);
}

void kernel_start(uint64_t size)
{
	model.now = 1000000000;
	driver_make();
	model.first = (struct pd *)kernel_object_make(KIND_PD);
	model.first->slot_count = BOOT_SLOTS;
	model.first->slots = calloc(BOOT_SLOTS, sizeof *model.first->slots);
	struct memory *memory = (struct memory *)kernel_object_make(KIND_MEMORY);
	FUZZ_CHECK(model.first->slots, "no memory");
	memory->size = size;
	boot_cap(model.first, BOOT_SLOT_MEMORY, &memory->object);
	boot_cap(model.first, BOOT_SLOT_CONSOLE, kernel_object_make(KIND_CONSOLE));
	boot_cap(model.first, BOOT_SLOT_PD, &model.first->object);
	struct memory *devices = (struct memory *)kernel_object_make(KIND_MEMORY);
	*devices = (struct memory){devices->object, KERNEL_DEVICES, KERNEL_DEVICES_SIZE, true};
	boot_cap(model.first, BOOT_SLOT_DEVICES, &devices->object);
	struct interrupt *all = (struct interrupt *)kernel_object_make(KIND_INTERRUPT);
	all->number = INTERRUPT_ALL;
	boot_cap(model.first, BOOT_SLOT_INTERRUPTS, &all->object);
	void *info = mmap((void *)BOOT_INFO, PAGE_SIZE * 2, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	FUZZ_CHECK(info == (void *)BOOT_INFO, "the address of the boot information is taken");
	*(struct boot_info *)info = (struct boot_info){.magic = BOOT_MAGIC, .cores = 2, .memory_size = size};
}

void kernel_first_start(void (*entry)(void))
{
	kernel_actor_start(model.first, entry);
}

void kernel_driver_enter(struct pd *pd)
{
	model.driver->pd = pd;
}

uint64_t machine_now(void)
{
	return model.now;
}

uint64_t clock_now(void)
{
	return model.now + (uint64_t)(model.current->pd ? model.current->pd->clock_offset : 0);
}

void clock_advance(uint64_t nanoseconds)
{
	model.now += nanoseconds;
	for (struct thread *thread = model.all; thread; thread = thread->machine->next)
		if (thread->run == THREAD_WAITING && thread->pd &&
		    thread->deadline <= model.now + (uint64_t)thread->pd->clock_offset)
			thread_expire(thread);
	kernel_run();
}

void machine_continue(struct thread *thread, err_t result)
{
	thread->machine->result = result;
	thread->machine->ready = true;
}

void machine_fault_done(struct thread *thread, enum fault_reply how)
{
	thread->run = how == FAULT_STOP || (how == FAULT_REFLECT && !thread->utcb->fault_entry) ? THREAD_STOPPED
	                                                                                        : THREAD_RUNNING;
}

void machine_deadline_start(struct thread *thread)
{
	(void)thread;
}

void machine_deadline_stop(struct thread *thread)
{
	(void)thread;
}

void kernel_fault(struct thread *thread, uint32_t fault, uint32_t access, uint64_t address)
{
	thread->fault = fault;
	thread->fault_access = access;
	thread->fault_address = address;
	thread->fault_ip = address;
	thread->fault_detail = 0;
	fault_send(thread);
	kernel_run();
}

err_t ipc_call(ep_t ep)
{
	struct thread *self = model.current;
	struct cap *cap;
	err_t err = cap_lookup(self->pd, ep.slot, KIND_ENDPOINT, RIGHT_SEND, &cap);

	if (err != OK)
		return err;
	self->run = THREAD_RUNNING;
	endpoint_call((struct endpoint *)cap->object, self, cap->badge, &err);
	return result_wait();
}

/* A server whose deadlines lie in the past again and again would never rest. */
static err_t timeout_count(struct thread *self, err_t err)
{
	self->machine->timeouts = err == ERR_TIMEOUT ? self->machine->timeouts + 1 : 0;
	FUZZ_CHECK(self->machine->timeouts < TIMEOUTS_MAX, "a component waits with deadlines that never lie ahead");
	return err;
}

err_t ipc_wait(ep_t ep, reply_t reply, signal_t signal, uint64_t deadline)
{
	struct thread *self = model.current;
	struct cap *ep_cap, *reply_cap, *signal_cap = NULL;
	err_t err = cap_lookup(self->pd, ep.slot, KIND_ENDPOINT, RIGHT_WAIT, &ep_cap);

	if (err == OK)
		err = cap_lookup(self->pd, reply.slot, KIND_REPLY, RIGHT_WAIT, &reply_cap);
	if (err == OK && signal.slot)
		err = cap_lookup(self->pd, signal.slot, KIND_SIGNAL, RIGHT_WAIT, &signal_cap);
	if (err != OK)
		return err;
	struct reply *bind = (struct reply *)reply_cap->object;
	if (bind->caller || bind->waiter)
		return ERR_STATE;
	if (endpoint_wait((struct endpoint *)ep_cap->object, bind,
	                  signal_cap ? (struct signal *)signal_cap->object : NULL, self, deadline, &err)) {
		self->machine->timeouts = 0;
		return result_wait();
	}
	return timeout_count(self, err);
}

err_t ipc_reply(reply_t reply)
{
	struct cap *cap;
	err_t err = cap_lookup(model.current->pd, reply.slot, KIND_REPLY, RIGHT_SEND, &cap);

	return err == OK ? reply_send((struct reply *)cap->object, model.current) : err;
}

err_t ipc_reply_wait(ep_t ep, reply_t reply, signal_t signal, uint64_t deadline)
{
	err_t ignored = ipc_reply(reply);

	(void)ignored;
	return ipc_wait(ep, reply, signal, deadline);
}

err_t signal_submit(signal_t signal)
{
	struct cap *cap;
	err_t err = cap_lookup(model.current->pd, signal.slot, KIND_SIGNAL, RIGHT_SEND, &cap);

	if (err == OK)
		signal_add((struct signal *)cap->object, cap->badge);
	return err;
}

err_t signal_wait(signal_t signal, uint64_t deadline, uint32_t *badges, uint32_t *count)
{
	struct thread *self = model.current;
	struct cap *cap;
	err_t err = cap_lookup(self->pd, signal.slot, KIND_SIGNAL, RIGHT_WAIT, &cap);

	if (err == OK)
		err = endpoint_wait(NULL, NULL, (struct signal *)cap->object, self, deadline, &err) ? result_wait() : err;
	if (err != OK)
		return err;
	*badges = self->utcb->badge;
	*count = self->utcb->words[0];
	return OK;
}

static err_t signal_lookup(signal_t signal, struct signal **found)
{
	struct cap *cap;
	err_t err = cap_lookup(model.current->pd, signal.slot, KIND_SIGNAL, RIGHT_CONTROL, &cap);

	if (err == OK)
		*found = (struct signal *)cap->object;
	return err;
}

err_t signal_get(signal_t signal, uint32_t *badges, uint32_t *count)
{
	struct signal *found;
	err_t err = signal_lookup(signal, &found);

	if (err == OK) {
		*badges = found->badges;
		*count = found->count;
	}
	return err;
}

err_t signal_set(signal_t signal, uint32_t badges, uint32_t count)
{
	struct signal *found;
	err_t err = signal_lookup(signal, &found);

	if (err != OK)
		return err;
	found->badges = badges;
	found->count = count;
	if (found->waiters.first)
		thread_rematch(found->waiters.first->thread);
	return OK;
}

void thread_yield(void)
{
	struct thread *next = next_ready();

	if (next)
		switch_to(next);
}
