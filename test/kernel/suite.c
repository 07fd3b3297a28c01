/* SPDX-License-Identifier: MIT */
/* Frame of the kernel suite: start, output, memory, partners. See suite.h. */
#include <framework/memory.h>

#include "test/kernel/suite.h"

enum { WAKE_NS = 30000 };

extern const struct test __start_tests[], __stop_tests[];
void suite_main(const struct boot_info *info);

static const struct boot_info *boot;
static addr_t memory_next;
static slot_t slot_next;
static addr_t window_next;
static uint32_t failures;
static char line[512];
static uint32_t line_length;

static void flush(void)
{
	err_t err = console_write((console_t){BOOT_SLOT_CONSOLE}, line, line_length);

	(void)err;
	line_length = 0;
}

void say(const char *text)
{
	for (; *text; text++) {
		line[line_length++] = *text;
		if (*text == '\n' || line_length == sizeof line)
			flush();
	}
}

void say_number(uint64_t number)
{
	char digits[21];
	int at = 20;

	digits[20] = 0;
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	say(digits + at);
}

void check(bool condition, const char *text, const char *file, int line_number)
{
	if (condition)
		return;
	failures++;
	say("    failed: ");
	say(text);
	say(" (");
	say(file);
	say(":");
	say_number((uint64_t)line_number);
	say(")\n");
}

const struct boot_info *boot_info(void)
{
	return boot;
}

slot_t slot_take(void)
{
	return slot_next++;
}

addr_t memory_take(addr_t size)
{
	addr_t offset = memory_next;

	memory_next += (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	return offset;
}

struct mark mark_set(void)
{
	return (struct mark){slot_next, memory_next, window_next};
}

void mark_back(const struct mark *mark)
{
	if (window_next > mark->window)
		CHECK(pd_unmap(PD_SELF, mark->window, window_next - mark->window) == OK);
	if (memory_next > mark->memory)
		CHECK(memory_discard(MEMORY, mark->memory, memory_next - mark->memory) == OK);
	slot_next = mark->slot;
	memory_next = mark->memory;
	window_next = mark->window;
}

slot_t object_make(enum kind kind)
{
	slot_t slot = slot_take();

	CHECK(object_create(kind, MEMORY, memory_take(OBJECT_SIZE), OBJECT_SIZE, (host_t){0}, slot) == OK);
	return slot;
}

void object_end(slot_t slot)
{
	CHECK(object_revoke((cap_t){slot}) == OK);
}

void *memory_see(addr_t offset, addr_t size)
{
	addr_t at = window_next;

	size = (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	window_next += size + PAGE_SIZE;
	CHECK(pd_map(PD_SELF, at, MEMORY, offset, size, RIGHT_READ | RIGHT_WRITE) == OK);
	return (void *)at;
}

thread_t thread_make(pd_t pd, uint32_t index, addr_t stack_top, void (*main)(addr_t), addr_t argument,
                     ep_t fault_ep)
{
	static struct thread_state state;
	thread_t thread = {object_make(KIND_THREAD)};

	CHECK(thread_bind(thread, pd, index, fault_ep) == OK);
	memset(&state, 0, sizeof state);
	state.run = THREAD_RUNNING;
	registers_start(&state.registers, (addr_t)main, stack_top - 8, argument);
	CHECK(thread_write(thread, &state, (reply_t){0}) == OK);
	return thread;
}

/* The suite's segments, copied as they are now. */
static void image_copy(pd_t pd)
{
	struct segment segment;

	for (uint32_t i = 0; image_segment(i, &segment); i++) {
		addr_t offset = memory_take(segment.size);
		memcpy(memory_see(offset, segment.size), (const void *)segment.start, segment.size);
		CHECK(pd_map(pd, segment.start, MEMORY, offset, segment.size, segment.rights) == OK);
	}
}

void partner_make(struct partner *partner, void (*main)(addr_t), addr_t argument, ep_t fault_ep)
{
	addr_t size = OBJECT_SIZE_PD + PARTNER_SLOTS * OBJECT_SIZE_SLOT, stack_top = 0x10000000;

	partner->pd = (pd_t){slot_take()};
	CHECK(object_create(KIND_PD, MEMORY, memory_take(size), size, partner->host, partner->pd.slot) == OK);
	image_copy(partner->pd);
	if (!partner->stack)
		partner->stack = memory_take(64 * 1024);
	CHECK(pd_map(partner->pd, stack_top - 64 * 1024, MEMORY, partner->stack, 64 * 1024,
	             RIGHT_READ | RIGHT_WRITE) == OK);
	partner->thread = thread_make(partner->pd, 0, stack_top, main, argument, fault_ep);
}

void partner_give(struct partner *partner, slot_t target, slot_t own, uint32_t rights, uint32_t badge)
{
	CHECK(cap_copy(PD_SELF, own, partner->pd, target, rights, badge) == OK);
}

void partner_start(struct partner *partner)
{
	CHECK(thread_resume(partner->thread) == OK);
}

_Noreturn void partner_rest(void)
{
	uint32_t badges, count;

	for (;;)
		if (signal_wait((signal_t){PARTNER_SIGNAL}, DEADLINE_NEVER, &badges, &count) != OK)
			thread_yield();
}

void partner_end(struct partner *partner)
{
	CHECK(object_revoke(cap_any(partner->pd)) == OK);
	CHECK(object_revoke(cap_any(partner->thread)) == OK);
}

static struct partner waker;
static slot_t waker_signal;

static void waker_wake(addr_t unused)
{
	uint32_t badges, count;

	(void)unused;
	while (signal_wait((signal_t){PARTNER_SIGNAL}, clock_now() + WAKE_NS, &badges, &count) == ERR_TIMEOUT)
		;
}

void waker_make(void)
{
	const struct thread_schedule high = {PRIORITY_MAX, AFFINITY_ANY, 0, 0};

	waker_signal = object_make(KIND_SIGNAL);
	partner_make(&waker, waker_wake, 0, (ep_t){0});
	partner_give(&waker, PARTNER_SIGNAL, waker_signal, RIGHT_WAIT, 0);
	err_t err = thread_schedule_set(waker.thread, &high);
	CHECK(err == OK || err == ERR_UNSUPPORTED);
	partner_start(&waker);
}

void waker_end(void)
{
	partner_end(&waker);
	object_end(waker_signal);
}

static uint32_t caps_count(void)
{
	static struct cap_entry entries[CAP_LIST_MAX];
	uint32_t count = 0, sum = 0;
	slot_t next = 1;

	do {
		CHECK(cap_list(PD_SELF, next, CAP_LIST_MAX, entries, &count, &next) == OK);
		sum += count;
	} while (next);
	return sum;
}

static uint32_t populated_count(addr_t start, addr_t size)
{
	static struct populated ranges[POPULATED_MAX];
	struct range_place place = {0, 0, 0};
	slot_t slot = slot_take();
	uint32_t count = 0, sum = 0;

	CHECK(memory_derive(MEMORY, start, size, slot) == OK);
	for (const memory_t memory = {slot}; place.memory == 0;) {
		CHECK(memory_populated(&memory, 1, &place, ranges, &count) == OK);
		for (uint32_t i = 0; i < count; i++)
			sum += (uint32_t)(ranges[i].size / PAGE_SIZE);
	}
	object_end(slot);
	return sum;
}

/* A page that holds an object cannot be mapped; what can is not touched. */
static uint32_t held_count(addr_t start, addr_t end)
{
	uint32_t sum = 0;

	for (; start < end; start += PAGE_SIZE) {
		err_t err = pd_map(PD_SELF, unused_page, MEMORY, start, PAGE_SIZE, RIGHT_READ);
		CHECK(err == OK || err == ERR_RANGE);
		sum += err != OK;
	}
	CHECK(pd_unmap(PD_SELF, unused_page, PAGE_SIZE) == OK);
	return sum;
}

struct usage usage_read(void)
{
	const addr_t start = (addr_t)boot->memory_free, end = memory_next;
	struct usage usage = {.objects = caps_count()};

	usage.populated_pages = populated_count(start, end - start);
	usage.object_pages = held_count(start, end);
	return usage;
}

uint64_t boot_number(const char *name, uint64_t other)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < boot->module_count; i++) {
		if (strcmp(boot->modules[i].name, name) != 0)
			continue;
		const char *text = memory_see((addr_t)boot->modules[i].offset, PAGE_SIZE);
		for (; *text >= '0' && *text <= '9'; text++)
			number = number * 10 + (uint64_t)(*text - '0');
		return number;
	}
	return other;
}

void suite_main(const struct boot_info *info)
{
	uint32_t passed = 0, failed = 0;

	boot = info;
	memory_next = (addr_t)boot->memory_free;
	window_next = window_base;
	slot_next = BOOT_SLOT_HOST + boot->grant_count;
	for (const struct test *test = __start_tests; test < __stop_tests; test++) {
		uint32_t before = failures, caps = caps_count();
		test->run();
		CHECK(caps_count() == caps);
		say(failures == before ? "ok     " : "FAILED ");
		say(test->name);
		say(": ");
		say(test->sentence);
		say("\n");
		failures == before ? passed++ : failed++;
	}
	say_number(passed);
	say(" passed, ");
	say_number(failed);
	say(" failed\n");
	say("end of suite\n");
	err_t err = object_revoke((cap_t){BOOT_SLOT_PD});
	(void)err;
	for (;;)
		thread_yield();
}
