/* SPDX-License-Identifier: MIT */
/* Tests of faults: resolved by a handler, reflected, unresolved. */
#include <cpu/session.h>

#include "test/system/suite.h"

#define SIZE (4 * PAGE_SIZE)

/* Threads that access `address`, with whatever that leads to, and submit to `done`. */
static struct {
	volatile uint64_t *address;
	signal_t done;
} access;

static void write_there(addr_t value)
{
	utcb_self()->fault_entry = 0;
	*access.address = value;
	CHECK_OK(signal_submit(access.done));
	for (;;)
		sleep_short();
}

/* A map with a fault handler, shown in the own address space; and a CPU session with an exception handler. */
struct stage {
	rm_t map;
	ds_t as_ds, ds;
	uint8_t *window;
	signal_t faults, exceptions;
	struct session cpu;
};

static void stage_make(struct stage *stage)
{
	const struct rm_fault_handler_request fault = {};
	struct rm_fault_handler_reply fault_done;
	const struct cpu_exception_handler_request exception = {};
	struct cpu_exception_handler_reply exception_done;
	void *window = NULL;

	stage->map = map_make(SIZE);
	stage->as_ds = map_ds(stage->map);
	CHECK_OK(ds_alloc(SIZE, &stage->ds));
	CHECK_OK(ds_attach(stage->as_ds, 0, 0, READ_WRITE, 0, &window));
	stage->window = window;
	CHECK_OK(signal_alloc(&stage->faults));
	CHECK_OK(signal_alloc(&stage->exceptions));
	CHECK_OK(signal_alloc(&access.done));
	CHECK_OK(rm_fault_handler(cap_ep(stage->map), &fault, &stage->faults.slot, &fault_done, NULL));
	CHECK_OK(session_open("CPU", "suite", 0, &stage->cpu));
	CHECK_OK(cpu_exception_handler(stage->cpu.ep, &exception, &stage->exceptions.slot, &exception_done, NULL));
}

static void stage_end(struct stage *stage, bool map_there)
{
	if (map_there)
		map_destroy(stage->map, stage->as_ds);
	ds_free(stage->ds);
	object_free(cap_any(stage->faults));
	object_free(cap_any(stage->exceptions));
	object_free(cap_any(access.done));
	session_close(&stage->cpu);
}

static struct rm_state_reply state_of(rm_t map)
{
	const struct rm_state_request request = {};
	struct rm_state_reply reply = {0};

	CHECK_OK(rm_state(cap_ep(map), &request, NULL, &reply, NULL));
	return reply;
}

static struct cpu_thread_exception_reply exception_of(slot_t thread)
{
	const struct cpu_thread_exception_request request = {};
	struct cpu_thread_exception_reply reply = {0};

	CHECK_OK(cpu_thread_exception((ep_t){thread}, &request, NULL, &reply, NULL));
	return reply;
}

TEST(fault_resolved, "a hole is reported to the handler of its map, and filled the access goes on")
{
	struct stage stage;

	stage_make(&stage);
	access.address = (uint64_t *)(stage.window + 2 * PAGE_SIZE + 16);
	slot_t thread = thread_make(stage.cpu.ep.slot, 1, write_there, 5);
	CHECK(signal_came(stage.faults));
	struct rm_state_reply fault = state_of(stage.map);
	CHECK(fault.address == 2 * PAGE_SIZE && fault.access == RIGHT_WRITE && fault.waiting == 1);
	CHECK_OK(map_attach(stage.map, stage.ds, PAGE_SIZE, 0, PAGE_SIZE, READ_WRITE));
	CHECK(state_of(stage.map).waiting == 1);
	CHECK_OK(map_attach(stage.map, stage.ds, 2 * PAGE_SIZE, 0, PAGE_SIZE, READ_WRITE));
	CHECK(signal_came(access.done) && *access.address == 5);
	CHECK(state_of(stage.map).access == 0 && state_of(stage.map).waiting == 0);
	thread_end(stage.cpu.ep.slot, thread);
	stage_end(&stage, true);
}

TEST(fault_of_rights, "a write to a page without that right is reported, and done again when it has it")
{
	struct stage stage;

	stage_make(&stage);
	CHECK_OK(map_attach(stage.map, stage.ds, 0, 0, 0, READ_WRITE));
	CHECK_OK(map_protect(stage.map, PAGE_SIZE, PAGE_SIZE, RIGHT_READ));
	access.address = (uint64_t *)(stage.window + PAGE_SIZE);
	CHECK(*access.address == 0);
	slot_t thread = thread_make(stage.cpu.ep.slot, 1, write_there, 6);
	CHECK(signal_came(stage.faults));
	CHECK(state_of(stage.map).address == PAGE_SIZE && state_of(stage.map).access == RIGHT_WRITE);
	CHECK(*access.address == 0);
	CHECK_OK(map_protect(stage.map, 0, SIZE, READ_WRITE));
	CHECK(signal_came(access.done) && *access.address == 6);
	thread_end(stage.cpu.ep.slot, thread);
	stage_end(&stage, true);
}

TEST(faults_of_many, "several threads wait for the same page and go on together; one that ends is forgotten")
{
	struct stage stage;
	slot_t thread[5];
	uint32_t came = 0;

	stage_make(&stage);
	access.address = (uint64_t *)stage.window;
	for (uint32_t i = 0; i < 5; i++)
		thread[i] = thread_make(stage.cpu.ep.slot, i + 1, write_there, 8);
	for (int tries = 0; state_of(stage.map).waiting < 5 && tries < 2000; tries++)
		sleep_short();
	CHECK(state_of(stage.map).waiting == 5);
	thread_end(stage.cpu.ep.slot, thread[4]);
	CHECK(state_of(stage.map).waiting == 4);
	CHECK_OK(map_attach(stage.map, stage.ds, 0, 0, 0, READ_WRITE));
	while (came < 4) {
		uint32_t badges, count = 0;
		err_t err = signal_wait(access.done, clock_now() + 10000000000ull, &badges, &count);
		CHECK_OK(err);
		if (err != OK)
			break;
		came += count;
	}
	CHECK(*access.address == 8);
	for (uint32_t i = 0; i < 4; i++)
		thread_end(stage.cpu.ep.slot, thread[i]);
	stage_end(&stage, true);
}

TEST(fault_unresolved, "a fault that nobody resolves stops the thread, and its CPU session hears of it")
{
	struct stage stage;

	stage_make(&stage);
	access.address = (uint64_t *)(addr_t)0x123450;
	slot_t thread = thread_make(stage.cpu.ep.slot, 1, write_there, 1);
	CHECK(signal_came(stage.exceptions));
	struct cpu_thread_exception_reply exception = exception_of(thread);
	CHECK(exception.fault == FAULT_PAGE && exception.address == 0x123450);
	CHECK(exception.instruction >= (addr_t)write_there && exception.instruction < (addr_t)write_there + 256);
	thread_end(stage.cpu.ep.slot, thread);
	stage_end(&stage, true);
}

static void divide(addr_t by)
{
	volatile uint32_t number = 1000, zero = (uint32_t)by;

	utcb_self()->fault_entry = 0;
	number = number / zero;
	for (;;)
		sleep_short();
}

TEST(fault_of_arithmetic, "a division by zero stops the thread alone")
{
	struct stage stage;

	stage_make(&stage);
	slot_t thread = thread_make(stage.cpu.ep.slot, 1, divide, 0);
	CHECK(signal_came(stage.exceptions));
	CHECK(exception_of(thread).fault == fault_of_division);
	thread_end(stage.cpu.ep.slot, thread);
	stage_end(&stage, true);
}

TEST(map_gone_under_fault, "when the map goes, the fault that waited there is nobody's, and stops the thread")
{
	struct stage stage;

	stage_make(&stage);
	access.address = (uint64_t *)stage.window;
	slot_t thread = thread_make(stage.cpu.ep.slot, 1, write_there, 1);
	CHECK(signal_came(stage.faults));
	map_destroy(stage.map, stage.as_ds);
	CHECK(signal_came(stage.exceptions));
	CHECK(exception_of(thread).fault == FAULT_PAGE && exception_of(thread).address == (addr_t)stage.window);
	thread_end(stage.cpu.ep.slot, thread);
	stage_end(&stage, false);
}

TEST(handler_gone, "a handler whose signal is gone leaves the fault waiting until another comes")
{
	const struct rm_fault_handler_request request = {};
	struct rm_fault_handler_reply reply;
	struct stage stage;

	stage_make(&stage);
	object_free(cap_any(stage.faults));
	access.address = (uint64_t *)stage.window;
	slot_t thread = thread_make(stage.cpu.ep.slot, 1, write_there, 3);
	for (int tries = 0; !state_of(stage.map).waiting && tries < 2000; tries++)
		sleep_short();
	CHECK(state_of(stage.map).waiting == 1);
	CHECK_OK(signal_alloc(&stage.faults));
	CHECK_OK(rm_fault_handler(cap_ep(stage.map), &request, &stage.faults.slot, &reply, NULL));
	CHECK(signal_came(stage.faults));
	CHECK_OK(map_attach(stage.map, stage.ds, 0, 0, 0, READ_WRITE));
	CHECK(signal_came(access.done));
	thread_end(stage.cpu.ep.slot, thread);
	stage_end(&stage, true);
}
