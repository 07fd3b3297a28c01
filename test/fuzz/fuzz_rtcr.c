/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the RTCR against a hostile target. Each input is a sequence of calls to whatever the target holds, of
 * what it does to its own capabilities and threads, of checkpoints step by step, restores, ends, time and failures. After
 * each step the registry is sound; each image is one that the reader takes; at the end everything is as it was before.
 */
#include <string.h>

#include <bundle/format.h>
#include <framework/slots.h>
#include <kernel/machine.h>

#include "rtcr/snapshot.h"
#include "test/fuzz/heap.h"
#include "test/fuzz/rtcr.h"

enum { STEPS = 96, RAM = 128 * 4096 + (1 << 19), BUNDLE_PAGES = 8, SLOTS_CHECKED_EVERY = 16 };
#define PROGRAM_AT ((uint64_t)0x400000)

static struct pd *home;
static ds_t bundle;
static enum { IDLE, PREPARING, WRITING } phase;
static bool staying;
static uint32_t inputs;
static struct state {
	uint32_t blocks, slots, services, shown, objects, slots_free;
} before;

/* A program of one page, a file, and arguments. */
static void bundle_make(void)
{
	static const struct {
		uint8_t ident[16];
		uint16_t type, machine;
		uint32_t version;
		uint64_t entry, table, sections;
		uint32_t flags;
		uint16_t size, header_size, header_count, unused[3];
		uint32_t load, rights;
		uint64_t offset, address, physical, file_size, memory_size, align, code;
	} program = {.ident = {0x7f, 'E', 'L', 'F', 2, 1, 1}, .type = 2, .machine = 62, .version = 1,
	             .entry = PROGRAM_AT + 120, .table = 64, .size = 64, .header_size = 56, .header_count = 1, .load = 1,
	             .rights = 5, .address = PROGRAM_AT, .file_size = 128, .memory_size = PAGE_SIZE * 2, .align = PAGE_SIZE};
	static const char *const names[] = {"program", "arguments", "/file"};
	struct bundle_header header = {.magic = BUNDLE_MAGIC, .version = BUNDLE_VERSION, .count = 3,
	                               .size = BUNDLE_PAGES * PAGE_SIZE};

	FUZZ_CHECK(ds_alloc(header.size, &bundle) == OK, "ds_alloc");
	uint8_t *bytes = served_of_slot(bundle.slot, SERVED_DATASPACE)->bytes;
	memcpy(bytes, &header, sizeof header);
	for (uint32_t i = 0; i < header.count; i++) {
		struct bundle_entry entry = {.offset = (4 + i) * PAGE_SIZE, .size = i ? 3 : 128};
		strcpy(entry.name, names[i]);
		memcpy(bytes + sizeof header + i * sizeof entry, &entry, sizeof entry);
		memcpy(bytes + entry.offset, i ? (const void *)"ab" : (const void *)&program, entry.size);
	}
}

static void run(uint32_t core)
{
	const struct checkpoint_run_request request = {.ram = RAM, .core = core, .priority = core % 4, .flags = RUN_NATIVE};
	err_t err = target_run(&request, bundle);

	FUZZ_CHECK((err == OK) == target.exists, "it was started, or not");
}

static void kill(enum checkpoint_state state)
{
	target_destroy();
	target_state_set(state);
	FUZZ_CHECK(!target.exists && !registry.first, "the target is not gone");
}

/* The steps of main.c for a checkpoint, one at a time. */
static void checkpoint_step(uint8_t how)
{
	if (phase == IDLE && target.exists && !target.stopped) {
		if (snapshot_prepare() == OK)
			phase = PREPARING;
	} else if (phase == PREPARING) {
		kernel_run();
		phase = IDLE;
		staying = how % 16 == 1;
		if (snapshot_prepared() == OK && target.exists && !target.ended) {
			if (snapshot_take(how % 8 == 2 ? 1000 : 0, staying) == OK)
				phase = WRITING;
			else
				FUZZ_CHECK(!rtcr_domain()->paused, "the target stands after a checkpoint that was given up");
		}
	} else if (phase == WRITING) {
		kernel_run();
		phase = IDLE;
		err_t err = snapshot_finish();
		if (staying && target.exists && err == OK)
			kill(TARGET_KILLED);
		else if (staying && target.exists)
			FUZZ_CHECK(snapshot_undo_stop() == OK && !target.stopped, "it cannot go on");
	}
}

static void checkpoint_whole(uint8_t how)
{
	do
		checkpoint_step(how);
	while (phase != IDLE);
}

void rtcr_checkpoint(void)
{
	checkpoint_whole(0);
}

static void step_restore(uint8_t how)
{
	bool existed = target.exists;

	while (phase != IDLE)
		checkpoint_step(0);
	err_t err = target_restore(how % 4 ? 0 : how / 4 % 4);
	FUZZ_CHECK(err != OK || target.exists, "restored, and not there");
	FUZZ_CHECK(err == OK || existed || !target.exists, "not restored, and there");
}

/* What the target can do at the kernel: copy, with rights and badges of its choice, delete, submit. */
static void step_kernel(struct fuzz_input *input, struct pd *pd)
{
	uint8_t what = fuzz_byte(input);
	slot_t slot = rtcr_slot_any(pd, input), to = fuzz_byte(input) % TARGET_SLOTS_USED;
	uint32_t rights = fuzz_byte(input), badge = what & 0x40 ? BADGE_OF(fuzz_byte(input) % 32) : fuzz_byte(input) % 4;
	err_t ignored;

	kernel_driver_enter(pd);
	switch (what % 8) {
	case 0: ignored = cap_delete(PD_SELF, slot); break;
	case 1: ignored = signal_submit((signal_t){slot}); break;
	case 2: ignored = object_revoke((cap_t){slot}); FUZZ_CHECK(ignored != OK, "the target destroyed an object"); break;
	case 3: ignored = cap_revoke_badge((cap_t){slot}, badge); break;
	default: ignored = cap_copy(PD_SELF, slot, PD_SELF, to, rights | RIGHT_GRANT, badge);
	}
	kernel_driver_enter(home);
	(void)ignored;
}

/* The target's own object of `kind` at a slot, or NULL. */
static struct object *object_of(const struct pd *pd, struct fuzz_input *input, enum kind kind)
{
	for (int i = 0; i < 3; i++) {
		slot_t slot = rtcr_slot_of(pd, input, ENTRY_OBJECT);
		if (slot && pd->slots[slot].object->kind == kind)
			return pd->slots[slot].object;
	}
	return NULL;
}

/* A thread of the target calls, waits, or runs in a loop. */
static void step_thread(struct fuzz_input *input, struct pd *pd)
{
	uint8_t what = fuzz_byte(input), which = fuzz_byte(input) % 4;
	struct thread *thread = pd->threads;
	struct endpoint *endpoint = (struct endpoint *)object_of(pd, input, KIND_ENDPOINT);
	struct reply *reply = (struct reply *)object_of(pd, input, KIND_REPLY);
	struct signal *signal = (struct signal *)object_of(pd, input, KIND_SIGNAL);
	err_t err = OK;

	while (thread && which--)
		thread = thread->next_in_pd;
	if (!thread || thread_is_paused(thread) || thread->run != THREAD_RUNNING)
		return;
	if (what % 4 == 0 && endpoint)
		endpoint_call(endpoint, thread, what, &err);
	else if (what % 4 == 1 && endpoint && reply && !reply->caller && !reply->waiter)
		endpoint_wait(endpoint, reply, what & 4 ? signal : NULL, thread, UINT64_MAX, &err);
	else if (what % 4 == 2 && signal)
		endpoint_wait(NULL, NULL, signal, thread, UINT64_MAX, &err);
	else
		thread->machine->registers.rip = 0x500000000000 + what;
}

static void step_time(struct fuzz_input *input)
{
	clock_advance(fuzz_number(input) % (1ul << 40));
	(void)timers_expire();
	if (fuzz_byte(input) % 4 == 0)
		terminals_look();
}

static void step_failure(struct fuzz_input *input)
{
	static const err_t errors[] = {ERR_MEMORY_QUOTA, ERR_CAP_QUOTA, ERR_GONE, ERR_CAPABILITY, ERR_IO, ERR_UNSUPPORTED};
	uint8_t how = fuzz_byte(input);
	uint32_t count = 1 + fuzz_byte(input) % 24;

	if (how % 4 == 0)
		heap_fail_after(count);
	else if (how % 4 == 1)
		kernel_fail_after(count);
	else
		services_fail_after(count, errors[how / 4 % (sizeof errors / sizeof *errors)]);
}

static void step(struct fuzz_input *input)
{
	uint8_t how = fuzz_byte(input);
	struct pd *pd = rtcr_domain();

	if (!pd && how < 224) {
		if (how & 1)
			step_restore(how);
		else
			run(how & 4 ? AFFINITY_ANY : how % 3);
	} else if (how < 160) {
		if (!pd->paused)
			rtcr_call(input);
	} else if (how < 176) {
		step_kernel(input, pd);
	} else if (how < 192) {
		step_thread(input, pd);
	} else if (how < 208) {
		checkpoint_step(how);
	} else if (how < 218) {
		checkpoint_whole(how);
	} else if (how < 224) {
		step_restore(how);
	} else if (how < 234) {
		step_time(input);
	} else if (how < 244) {
		step_failure(input);
	} else if (how < 248 && phase == IDLE) {
		rtcr_forge(input);
	} else if (how < 250 && target.exists) {
		kill(TARGET_KILLED);
	}
	if (target.ended && target.exists)
		kill(TARGET_EXITED);
}

static uint32_t slots_used(void)
{
	uint32_t count = 0;

	for (slot_t slot = 1; slot < home->slot_count; slot++)
		count += home->slots[slot].object != NULL;
	return count;
}

/* By taking all; that takes time. */
static uint32_t slots_left(void)
{
	static slot_t taken[1 << 16];
	uint32_t count = 0;

	while (slot_take(&taken[count]) == OK)
		count++;
	for (uint32_t i = count; i-- > 0;)   /* the next is a low one again */
		slot_free(taken[i]);
	return count;
}

/* Sessions at the store and what came with the last message are there or not. */
static struct state state_read(void)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < MESSAGE_CAPS; i++)
		cap_clear(&home->slots[utcb->receive[i]]);
	return (struct state){heap_blocks(), slots_used() - services_store_count(), services_count(), services_shown(),
	                      kernel_object_count(), 0};
}

static void end(void)
{
	rtcr_check(true);
	heap_fail_after(0);
	kernel_fail_after(0);
	services_fail_after(0, OK);
	while (phase != IDLE)
		checkpoint_step(0);
	if (target.exists)
		kill(TARGET_KILLED);
	rtcr_check(true);
	rtcr_forge_end();
	services_files_clear();
	snapshot.newest = 0;
}

static void state_check(void)
{
	struct state after = state_read();

	FUZZ_CHECK(after.services == before.services, "something of a service is left");
	FUZZ_CHECK(after.shown == before.shown, "something is left attached");
	FUZZ_CHECK(after.slots == before.slots, "capabilities are left");
	FUZZ_CHECK(after.objects == before.objects, "kernel objects are left");
	FUZZ_CHECK(after.blocks <= before.blocks, "memory is left");
	if (inputs++ % SLOTS_CHECKED_EVERY)
		return;
	FUZZ_CHECK(slots_left() + services_store_count() == before.slots_free, "slots are left");
}

/* The last slot goes to a region map, which needs two: it is back then. */
static void slots_check(void)
{
	static slot_t taken[1 << 16];
	struct map_entry *map;
	uint32_t count = 0;

	while (slot_take(&taken[count]) == OK)
		count++;
	slot_free(taken[count - 1]);
	FUZZ_CHECK(map_add(PAGE_SIZE, 0, &map) != OK, "a region map without slots");
	FUZZ_CHECK(slot_take(&taken[count - 1]) == OK, "a slot is lost");
	while (count)
		slot_free(taken[--count]);
}

/* An image may use any ids: they cost no more than small ones, and stand in order. */
static void ids_check(void)
{
	static const uint32_t ids[] = {0x80000000, 0x70000000, 0x7fffffff, 0x80000001, 1 << 24};
	struct entry *made[5];
	uint32_t size = registry.size;

	for (int i = 0; i < 5; i++) {
		made[i] = registry_add(ENTRY_SESSION, ids[i]);
		FUZZ_CHECK(made[i] && registry_find(ids[i]) == made[i], "an id that is not taken");
		FUZZ_CHECK(!registry_add(ENTRY_SESSION, ids[i]), "an id that is taken twice");
	}
	rtcr_check(true);
	FUZZ_CHECK(registry.size <= 2 * size, "a table by ids");
	FUZZ_CHECK(!registry_add(ENTRY_SESSION, UINT32_MAX - 1), "an id without a badge");
	for (int i = 0; i < 5; i++)
		registry_remove(made[i]);
	rtcr_check(true);
}

/* The last time there is in the target's clock, which is behind the RTCR's: the RTCR waits for it and does not turn round. */
static void timer_check(void)
{
	struct entry *entry = registry.first_of[ENTRY_SESSION];

	while (entry && ((const struct session_entry *)entry)->service != SERVICE_TIMER)
		entry = entry->next_alike;
	struct session_entry *session = (struct session_entry *)entry;
	clock_advance(1000000);
	FUZZ_CHECK(session && pd_clock_set((pd_t){target.child.native}, 1000) == OK, "a timer");
	FUZZ_CHECK(timer_arm(session, DEADLINE_NEVER - 1, 0) == OK && timers_expire() > clock_now(), "a timer at the end of time");
	FUZZ_CHECK(timer_arm(session, 1500, 0) == OK && timers_expire() == clock_now() + 500, "a timer in its own clock");
	session->deadline = DEADLINE_NEVER;
}

static uint32_t copies;

static void copy_slow(void *to, const void *from, uint64_t size)
{
	memcpy(to, from, size);
	copies++;
	clock_advance(1000);
}

/* A copy that must end in time is given up after the step in which its time ends; one that need not is made in one. */
static void budget_check(void)
{
	static const struct copy_engine slow = {"slow", copy_slow, NULL};
	static uint8_t from[4 << 20], to[sizeof from];
	const struct copy_engine *usual = target.engine;

	target.engine = &slow;
	memset(from, 1, sizeof from);
	FUZZ_CHECK(copy_until(to, from, sizeof from, clock_now() + 2500) == ERR_TIMEOUT, "a copy that is late");
	FUZZ_CHECK(copies == 3 && to[(768 << 10) - 1] && !to[768 << 10], "looked at the clock too rarely");
	FUZZ_CHECK(copy_until(to, from, sizeof from, UINT64_MAX) == OK && copies == 4, "a copy that may take its time");
	FUZZ_CHECK(memcmp(to, from, sizeof to) == 0, "not all was copied");
	FUZZ_CHECK(copy_until(to, from, 5000, clock_now() + 1000) == OK && copies == 5, "a copy in time");
	target.engine = usual;
}

/* Once all that the RTCR makes at first use and keeps. */
static void start(void)
{
	home = services_start();
	budget_check();
	services_files_clear();
	FUZZ_CHECK(server_init(&rtcr_server, NULL, NULL, NULL, NULL) == OK && registry_start() == OK, "the server");
	strcpy(target.name, "target");
	rtcr_calls_start();
	bundle_make();
	run(AFFINITY_ANY);
	FUZZ_CHECK(target.exists, target.sentence);
	slots_check();
	rtcr_belongings_make();
	rtcr_check(true);
	ids_check();
	timer_check();
	for (int i = 0; i < 2; i++) {
		checkpoint_whole(0);
		FUZZ_CHECK(!snapshot.result && target.parent == (uint64_t)i + 1, target.sentence);
	}
	FUZZ_CHECK(target_restore(0) == OK, target.sentence);
	rtcr_check(true);
	rtcr_devices_check();
	end();
	before = state_read();
	before.slots_free = slots_left() + services_store_count();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, data + size};

	if (!home)
		start();
	run(AFFINITY_ANY);
	rtcr_belongings_make();
	for (int i = 0; i < STEPS && input.at < input.end; i++) {
		step(&input);
		rtcr_check(false);
	}
	end();
	state_check();
	return 0;
}
