/* SPDX-License-Identifier: MIT */
/* Runs the tests and compares what they leave; what they share. See suite.h. */
#include <cpu/session.h>
#include <framework/memory.h>
#include <rom/session.h>

#include "test/system/suite.h"

extern const struct test __start_tests[], __stop_tests[];

enum { STACK = 64 * 1024, THREADS = 8 };
#define PATIENCE_NS 10000000000ull

static uint32_t failures;
struct session suite_rm;
struct program suite_tiny;

void check(bool condition, const char *text, const char *file, int line)
{
	if (condition)
		return;
	failures++;
	log_line("%s, line %d: not (%s)", file, line, text);
}

void check_err(err_t found, err_t wanted, const char *text, const char *file, int line)
{
	if (found == wanted)
		return;
	failures++;
	log_line("%s, line %d: %s: %s; expected: %s", file, line, text, err_sentence(found), err_sentence(wanted));
}

struct pd_quota_reply quota_of(slot_t pd)
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply reply = {0};

	CHECK_OK(pd_quota((ep_t){pd}, &request, NULL, &reply, NULL));
	return reply;
}

rm_t map_make(uint64_t size)
{
	const struct rm_service_create_request request = {size};
	struct rm_service_create_reply reply;
	rm_t map;

	CHECK_OK(slot_take(&map.slot));
	CHECK_OK(rm_service_create(suite_rm.ep, &request, NULL, &reply, &map.slot));
	return map;
}

ds_t map_ds(rm_t map)
{
	const struct rm_dataspace_request request = {};
	struct rm_dataspace_reply reply;
	ds_t ds;

	CHECK_OK(slot_take(&ds.slot));
	CHECK_OK(rm_dataspace(cap_ep(map), &request, NULL, &reply, &ds.slot));
	return ds;
}

void map_destroy(rm_t map, ds_t as_ds)
{
	const struct rm_service_destroy_request request = {};
	struct rm_service_destroy_reply reply;

	CHECK_OK(rm_service_destroy(suite_rm.ep, &request, &map.slot, &reply, NULL));
	slot_give(map.slot);
	slot_give(as_ds.slot);
}

err_t map_attach(rm_t map, ds_t ds, uint64_t address, uint64_t offset, uint64_t size, uint32_t rights)
{
	const struct rm_attach_request request = {address, offset, size, rights, 0};
	struct rm_attach_reply reply;

	return rm_attach(cap_ep(map), &request, &ds.slot, &reply, NULL);
}

err_t map_detach(rm_t map, uint64_t address, uint64_t size)
{
	const struct rm_detach_request request = {address, size};
	struct rm_detach_reply reply;

	return rm_detach(cap_ep(map), &request, NULL, &reply, NULL);
}

err_t map_protect(rm_t map, uint64_t address, uint64_t size, uint32_t rights)
{
	const struct rm_protect_request request = {address, size, rights, 0};
	struct rm_protect_reply reply;

	return rm_protect(cap_ep(map), &request, NULL, &reply, NULL);
}

slot_t thread_make(slot_t cpu, uint32_t index, void (*entry)(addr_t), addr_t argument)
{
	static void *stacks[THREADS];
	const struct cpu_thread_create_request create = {.index = index, .core = AFFINITY_ANY, .name = "test"};
	struct cpu_thread_create_reply created;
	struct cpu_thread_start_request start = {(addr_t)entry, 0, argument};
	struct cpu_thread_start_reply started;
	const slot_t own = SLOT_PD;
	slot_t slot;

	if (!stacks[index])
		CHECK_OK(memory_take(STACK, &stacks[index]));
	start.stack = (addr_t)stacks[index] + STACK - 8;
	CHECK_OK(slot_take(&slot));
	CHECK_OK(cpu_thread_create((ep_t){cpu}, &create, &own, &created, &slot));
	CHECK_OK(cpu_thread_start((ep_t){slot}, &start, NULL, &started, NULL));
	return slot;
}

void thread_end(slot_t cpu, slot_t thread)
{
	const struct cpu_thread_destroy_request request = {};
	struct cpu_thread_destroy_reply reply;

	CHECK_OK(cpu_thread_destroy((ep_t){cpu}, &request, &thread, &reply, NULL));
	slot_give(thread);
}

bool signal_came(signal_t signal)
{
	uint32_t badges, count;

	return signal_wait(signal, clock_now() + PATIENCE_NS, &badges, &count) == OK;
}

void sleep_short(void)
{
	static signal_t never;
	uint32_t badges, count;

	if (!cap_valid(never))
		CHECK_OK(signal_alloc(&never));
	CHECK_ERR(signal_wait(never, clock_now() + 2000000, &badges, &count), ERR_TIMEOUT);
}

static void program_get(const char *name, struct program *program)
{
	const struct rom_dataspace_request request = {};
	struct rom_dataspace_reply reply = {0};
	struct session rom;
	void *bytes = NULL;
	slot_t slot;

	CHECK_OK(session_open("ROM", name, 0, &rom));
	CHECK_OK(slot_take(&slot));
	CHECK_OK(rom_dataspace(rom.ep, &request, NULL, &reply, &slot));
	CHECK_OK(ds_attach((ds_t){slot}, 0, 0, RIGHT_READ, 0, &bytes));
	*program = (struct program){bytes, reply.size, {slot}};
}

static uint32_t slots_used(void)
{
	static struct cap_entry entries[CAP_LIST_MAX];
	uint32_t count = 0, sum = 0;
	slot_t next = 1;

	do {
		CHECK_OK(cap_list(PD_SELF, next, CAP_LIST_MAX, entries, &count, &next));
		sum += count;
	} while (next);
	return sum;
}

/* What is taken once and kept, before anything is compared. */
static void prepare(void)
{
	CHECK_OK(session_open("RM", "suite", 0, &suite_rm));
	program_get("tiny", &suite_tiny);
	struct session silent;
	CHECK_ERR(session_open("SILENT", "", 100000000, &silent), ERR_BUSY);   /* waits on a signal that is kept */
	sleep_short();
	for (uint32_t index = 1; index < THREADS; index++)
		thread_end(SLOT_CPU, thread_make(SLOT_CPU, index, (void (*)(addr_t))sleep_short, 0));
}

int component_main(addr_t argument)
{
	uint32_t passed = 0, failed = 0;

	(void)argument;
	prepare();
	for (const struct test *test = __start_tests; test < __stop_tests; test++) {
		const struct pd_quota_reply before = QUOTA();
		uint32_t slots = slots_used(), known = failures;
		test->run();
		const struct pd_quota_reply after = QUOTA();
		CHECK(after.ram_limit == before.ram_limit && after.cap_limit == before.cap_limit);
		CHECK(after.ram_used == before.ram_used);
		CHECK(after.cap_used == before.cap_used);
		CHECK(slots_used() == slots);
		log_line("%s %s: %s", failures == known ? "ok    " : "FAILED", test->name, test->sentence);
		failures == known ? passed++ : failed++;
	}
	log_line("%u passed, %u failed", passed, failed);
	return failed || failures ? 1 : 0;
}
