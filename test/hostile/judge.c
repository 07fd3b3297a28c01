/* SPDX-License-Identifier: MIT */
/*
 * The judge: makes hostile components, one for each kind of attack, lets each do its worst for a while, works on
 * meanwhile, and removes it. Then quota, capabilities and slots are what they were, memory that comes from core is
 * zero, also while the attacker was still writing when it was removed, and nothing got through.
 */
#include <framework/child.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <pd/session.h>
#include <rm/session.h>
#include <rom/session.h>

#include "test/hostile/attack.h"

enum { RAM = 8 << 20, CAPS = 120, SLOTS = 4096, ROUNDS = 2, PART = 1 << 20, PARTS = 24,
       ID_TIMER = 1000, ID_RM, ID_LOG };
#define ATTACK_NS 150000000ull

static uint32_t failures;
static struct session rom;
static ds_t page;
static ep_t nobody;
static signal_t never;
static const void *program;
static uint64_t program_size;

static void check(bool condition, const char *kind, const char *text)
{
	if (condition)
		return;
	failures++;
	log_line("FAILED %s: %s", kind, text);
}

static void wait_ns(uint64_t time)
{
	uint32_t badges, count;

	check(signal_wait(never, clock_now() + time, &badges, &count) == ERR_TIMEOUT, "judge", "a signal that nobody sent");
}

static struct pd_quota_reply quota(void)
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply reply = {0};

	check(pd_quota((ep_t){SLOT_PD}, &request, NULL, &reply, NULL) == OK, "judge", "no answer about quota");
	return reply;
}

static uint32_t slots_used(void)
{
	static struct cap_entry entries[CAP_LIST_MAX];
	uint32_t count, sum = 0;
	slot_t next = 1;

	do {
		if (cap_list(PD_SELF, next, CAP_LIST_MAX, entries, &count, &next) != OK)
			return 0;
		sum += count;
	} while (next);
	return sum;
}

static void prepare(void)
{
	const struct rom_dataspace_request request = {};
	struct rom_dataspace_reply reply;
	struct rm_attach_request attach = {ATTACK_PAGE, 0, 0, RIGHT_READ | RIGHT_WRITE, 0};
	struct rm_attach_reply attached;
	void *bytes = NULL;
	slot_t slot;
	err_t err = signal_alloc(&never);

	if (err == OK)
		err = ep_alloc(&nobody);
	if (err == OK)
		err = session_open("ROM", "hostile", 0, &rom);
	if (err == OK)
		err = slot_take(&slot);
	if (err == OK)
		err = rom_dataspace(rom.ep, &request, NULL, &reply, &slot);
	if (err == OK)
		err = ds_attach((ds_t){slot}, 0, 0, RIGHT_READ, 0, &bytes);
	if (err == OK)
		err = ds_alloc(PAGE_SIZE, &page);
	if (err == OK)
		err = rm_attach((ep_t){SLOT_ADDRESS_SPACE}, &attach, &page.slot, &attached, NULL);
	program = bytes;
	program_size = reply.size;
	check(err == OK, "judge", "cannot prepare");
}

/* A session that the child pays for. */
static err_t session_give(const struct child *child, const char *service, uint32_t id, slot_t to)
{
	struct parent_session_open_request request = {.id = id};
	struct parent_session_open_reply reply;
	slot_t slot;

	text_copy(request.service, sizeof request.service, service);
	text_copy(request.label, sizeof request.label, "hostile");
	err_t err = slot_take(&slot);
	if (err != OK)
		return err;
	err = parent_session_open((ep_t){SLOT_PARENT}, &request, &child->pd, &reply, &slot);
	if (err == OK)
		err = child_give(child, slot, to);
	slot_give(slot);
	return err;
}

static void session_take_back(uint32_t id)
{
	const struct parent_session_close_request request = {.id = id};
	struct parent_session_close_reply reply;

	check(parent_session_close((ep_t){SLOT_PARENT}, &request, NULL, &reply, NULL) == OK, "judge", "session_close");
}

static err_t attacker_start(struct child *child)
{
	struct child_memory memory = child_plain_memory;
	struct rm_attach_request attach = {ATTACK_PAGE, 0, 0, RIGHT_READ | RIGHT_WRITE, 0};
	struct rm_attach_reply attached;
	const struct {
		slot_t from, to;
	} gifts[] = {{nobody.slot, SLOT_PARENT}, {child->pd, SLOT_PD}, {child->cpu, SLOT_CPU},
	             {child->space, SLOT_ADDRESS_SPACE}, {rom.ep.slot, SLOT_ROM}, {page.slot, SLOT_SHARED}};
	const char *sentence;
	uint64_t entry = 0;

	memory.context = child;
	err_t err = child_load(&memory, program, program_size, &entry, &sentence);
	for (uint32_t i = 0; i < sizeof gifts / sizeof *gifts && err == OK; i++)
		err = child_give(child, gifts[i].from, gifts[i].to);
	if (err == OK)
		err = session_give(child, "TIMER", ID_TIMER, SLOT_TIMER);
	if (err == OK)
		err = session_give(child, "RM", ID_RM, SLOT_RM);
	if (err == OK)
		err = session_give(child, "LOG", ID_LOG, SLOT_LOG);
	if (err == OK)
		err = rm_attach((ep_t){child->space}, &attach, &page.slot, &attached, NULL);
	return err == OK ? child_start(child, "main", entry) : err;
}

/* All memory that can be had again is zero, and stays so. */
static void memory_check(const char *kind)
{
	static uint64_t *parts[PARTS];
	static ds_t ds[PARTS];
	bool zero = true;
	uint32_t count = 0;

	for (; count < PARTS; count++) {
		void *address;
		if (ds_alloc(PART, &ds[count]) != OK || ds_attach(ds[count], 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address) != OK)
			break;
		parts[count] = address;
	}
	check(count == PARTS, kind, "memory is missing");
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t word = 0; word < PART / 8; word += 64)
				zero &= parts[i][word] == 0;
	check(zero, kind, "fresh memory is not zero");
	for (uint32_t i = 0; i < count; i++) {
		ds_detach(parts[i], PART);
		ds_free(ds[i]);
	}
}

static void attack_judge(enum attack_kind kind, const char *name, uint64_t seed)
{
	const struct pd_child_create_request request = {.ram = RAM, .caps = CAPS, .slots = SLOTS, .name = "hostile"};
	const struct pd_quota_reply before = quota();
	uint32_t slots = slots_used();
	struct child child;

	*ATTACK = (struct attack_page){.kind = kind, .seed = seed};
	err_t err = child_make(&request, &child);
	check(err == OK, name, "cannot make a component");
	if (err != OK)
		return;
	check(attacker_start(&child) == OK, name, "cannot start the attacker");
	uint64_t until = clock_now() + ATTACK_NS;
	while (clock_now() < until && !ATTACK->finished) {
		wait_ns(10000000);
		quota();
	}
	child_destroy(&child);
	session_take_back(ID_TIMER);
	session_take_back(ID_RM);
	session_take_back(ID_LOG);
	memory_check(name);
	const struct pd_quota_reply after = quota();
	check(after.ram_used == before.ram_used && after.ram_limit == before.ram_limit, name, "memory quota is not back");
	check(after.cap_used == before.cap_used && after.cap_limit == before.cap_limit, name, "capability quota is not back");
	check(slots_used() == slots, name, "slots are left");
	check(ATTACK->count > 0, name, "did nothing");
	check(!ATTACK->got_through, name, "something got through");
	if (ATTACK->got_through)
		log_line("  %lu got through, the last number %u", ATTACK->got_through, ATTACK->what);
}

#define SENTENCE(name, sentence) {#name, sentence},

int component_main(addr_t argument)
{
	static const struct {
		const char *name, *sentence;
	} kinds[ATTACK_KINDS] = {ATTACK_TABLE(SENTENCE)};
	uint64_t total = 0;

	(void)argument;
	prepare();
	memory_check("judge");
	for (uint32_t kind = 0; kind < ATTACK_KINDS && !failures; kind++) {
		uint64_t count = 0;
		for (uint64_t round = 1; round <= ROUNDS; round++) {
			attack_judge((enum attack_kind)kind, kinds[kind].name, (kind * ROUNDS + round) * 0x9e3779b97f4a7c15u);
			count += ATTACK->count;
		}
		total += count;
		log_line("%10lu %s: %s", count, kinds[kind].name, kinds[kind].sentence);
	}
	log_line("%10lu attacks, %u failures", total, failures);
	return failures != 0;
}
