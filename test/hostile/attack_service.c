/* SPDX-License-Identifier: MIT */
/* Attacks on services, see attack.h. */
#include <cpu/session.h>
#include <framework/memory.h>
#include <kernel/thread.h>
#include <log/session.h>
#include <pd/session.h>
#include <rm/session.h>
#include <timer/session.h>

#include "test/hostile/attack.h"

enum { WRITABLE = RIGHT_READ | RIGHT_WRITE };

uint64_t attack_random(void)
{
	uint64_t value = ATTACK->seed;

	value ^= value << 13;
	value ^= value >> 7;
	value ^= value << 17;
	return ATTACK->seed = value;
}

uint64_t attack_word(void)
{
	static const uint64_t extremes[] = {0, 1, 2, 3, 7, 64, 4096, 8192, 65535, 65536, ATTACK_PAGE, PD_LOW, ~0ul, ~4095ul,
	                                    1ul << 31, 1ul << 32, 1ul << 47, 1ul << 63, 0x7fe080000000, UTCB_AREA, PD_HIGH,
	                                    PD_HIGH - 4096, INT64_MAX, 0x600000000000};
	uint64_t pick = attack_random();

	if (pick % 3 == 0)
		return pick >> 8;
	return pick % 3 == 1 ? (pick >> 8) % 16 : extremes[(pick >> 8) % (sizeof extremes / sizeof *extremes)];
}

uint32_t attack_call(slot_t slot, uint32_t words, uint32_t caps)
{
	struct utcb *utcb = utcb_self();

	utcb->word_count = words;
	utcb->cap_count = caps;
	err_t err = ipc_call((ep_t){slot});
	return err == OK ? utcb->words[0] : err;
}

/* Slots that were never filled: nothing there can be called, taken or destroyed. */
void attack_forge(void)
{
	for (uint32_t round = 0; round < 6000; round++) {
		struct utcb *utcb = utcb_self();
		slot_t slot = SLOT_OWN + 64 + (slot_t)(attack_random() % 70000);
		uint32_t badges, count;
		memset(utcb->receive, 0, sizeof utcb->receive);
		utcb->words[0] = (uint32_t)(attack_random() % 12);
		attack_note(attack_call(slot, 1 + (uint32_t)(attack_random() % 20), 0) == OK, 1);
		attack_note(cap_copy(PD_SELF, slot, PD_SELF, SLOT_OWN + 1, RIGHT_ALL, 0) == OK, 2);
		attack_note(object_revoke((cap_t){slot % 12}) == OK, 3);
		attack_note(cap_revoke_badge((cap_t){slot % 12}, slot) == OK, 4);
		attack_note(thread_pause((thread_t){slot % 12}, 1) == OK, 5);
		attack_note(signal_get((signal_t){slot % 12}, &badges, &count) == OK, 6);
		attack_note(ipc_reply((reply_t){slot}) == OK, 7);
		attack_note(memory_derive((memory_t){slot % 12}, 0, PAGE_SIZE, SLOT_OWN + 1) == OK, 8);
		attack_note(object_create(KIND_SIGNAL, (memory_t){slot % 12}, 0, 256, (host_t){0}, SLOT_OWN + 1) == OK, 9);
		attack_note(console_write((console_t){slot % 12}, "x", 1) == OK, 10);
	}
}

void attack_malformed(void)
{
	static const slot_t services[] = {SLOT_PD, SLOT_CPU, SLOT_LOG, SLOT_ADDRESS_SPACE, SLOT_ROM, SLOT_TIMER, SLOT_RM,
	                                  SLOT_OWN, SLOT_OWN + 1, SLOT_OWN + 2, SLOT_OWN + 3};
	struct utcb *utcb = utcb_self();

	for (;;) {
		utcb->words[0] = (uint32_t)(attack_random() % 13);
		for (uint32_t i = 1; i < MESSAGE_WORDS; i++)
			utcb->words[i] = (uint32_t)attack_word();
		for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
			utcb->caps[i] = (slot_t)(attack_random() % 24);
			utcb->caps[i] += utcb->caps[i] < SLOT_FREE ? 0 : SLOT_ROM - SLOT_FREE;
			utcb->receive[i] = SLOT_OWN + (slot_t)(attack_random() % 8);
		}
		uint32_t words = attack_random() % 4 ? 1 + (uint32_t)(attack_random() % 12) : (uint32_t)attack_word();
		attack_call(services[attack_random() % (sizeof services / sizeof *services)], words,
		            (uint32_t)(attack_random() % 4));
		attack_note(false, 0);
		if (attack_random() % 4 == 0) {
			err_t ignored = cap_delete(PD_SELF, SLOT_OWN + (slot_t)(attack_random() % 8));
			(void)ignored;
		}
	}
}

void attack_memory(void)
{
	const struct pd_quota_request ask = {};
	struct pd_quota_reply quota;

	for (uint64_t size = 1ul << 62; size >= PAGE_SIZE; size /= 2) {
		void *memory;
		for (err_t err = OK; err == OK;) {
			err = memory_take(size, &memory);
			attack_note(err == OK && size > 1ul << 30, 1);
			if (err == OK)
				memset(memory, 0xa5, size);
		}
	}
	attack_note(pd_quota((ep_t){SLOT_PD}, &ask, NULL, &quota, NULL) != OK || quota.ram_used > quota.ram_limit, 2);
}

void attack_objects(void)
{
	const struct pd_quota_request ask = {};
	struct pd_quota_reply quota;
	signal_t signal;
	slot_t copy;

	for (int i = 0; i < 100000 && signal_alloc(&signal) == OK; i++)
		attack_note(i == 99999, 1);
	attack_note(pd_quota((ep_t){SLOT_PD}, &ask, NULL, &quota, NULL) != OK || quota.cap_used > quota.cap_limit, 2);
	/* Slots are the component's own: filling all of them costs nobody anything. */
	for (uint32_t badge = 1; cap_mint(cap_any(signal), badge, RIGHT_SEND, &copy) == OK; badge++)
		attack_note(false, 0);
}

static _Noreturn void compute(addr_t unused)
{
	(void)unused;
	for (;;)
		ATTACK->count++;
}

void attack_threads(void)
{
	for (uint32_t index = 1; index < UTCB_COUNT + 8; index++) {
		err_t err = thread_spawn(index, "compute", PAGE_SIZE, compute, 0);
		attack_note(err == OK && index >= UTCB_COUNT, index);
		if (err != OK)
			break;
	}
	compute(0);
}

void attack_children(void)
{
	struct pd_child_create_request request = {.ram = 1 << 20, .caps = 40, .slots = 16, .name = "nested"};
	struct pd_child_create_reply reply;
	slot_t in = SLOT_PD;

	memcpy(request.grant, "store", 6);
	slot_t slot = SLOT_OWN;
	attack_note(pd_child_create((ep_t){SLOT_PD}, &request, NULL, &reply, &slot) == OK, 1);
	memset(request.grant, 0, sizeof request.grant);
	for (uint32_t depth = 0; depth < 1000; depth++) {
		request.ram = request.ram > 65536 ? request.ram - 65536 : 0;
		request.caps -= request.caps > 2 ? 2 : 0;
		slot = SLOT_OWN + depth;
		attack_note(depth == 999, 2);
		if (pd_child_create((ep_t){in}, &request, NULL, &reply, &slot) != OK)
			break;
		in = slot;
	}
	request.ram = request.caps = 0;
	for (uint32_t i = 0; i < 1000; i++) {
		slot = SLOT_OWN + 1000 + i;
		attack_note(i == 999, 3);
		if (pd_child_create((ep_t){SLOT_PD}, &request, NULL, &reply, &slot) != OK)
			break;
	}
}

/* Mappings cut page by page until the machine refuses, then everything taken away again. */
static void protect_pages(void)
{
	void *memory;

	if (memory_take(6 << 20, &memory) != OK)
		return;
	for (addr_t at = 0; at < 6 << 20; at += 2 * PAGE_SIZE) {
		err_t ignored = pd_protect(PD_SELF, (addr_t)memory + at, PAGE_SIZE, RIGHT_READ);
		(void)ignored;
		attack_note(false, 0);
	}
	ds_detach((uint8_t *)memory + (1 << 20), 2 << 20);
}

void attack_regions(void)
{
	const struct rm_service_create_request create = {64 * PAGE_SIZE};
	struct rm_service_create_reply created;
	const slot_t maps[] = {SLOT_OWN, SLOT_OWN + 1, SLOT_OWN + 2, SLOT_ADDRESS_SPACE};
	const slot_t sources[] = {SLOT_OWN, SLOT_OWN + 1, SLOT_OWN + 2, SLOT_SHARED, SLOT_OWN + 3};
	const struct pd_ram_alloc_request alloc = {16 * PAGE_SIZE};
	struct pd_ram_alloc_reply allocated;

	for (int i = 0; i < 3; i++)
		attack_note(rm_service_create((ep_t){SLOT_RM}, &create, NULL, &created, &maps[i]) != OK, 1);
	attack_note(pd_ram_alloc((ep_t){SLOT_PD}, &alloc, NULL, &allocated, &sources[4]) != OK, 2);
	protect_pages();
	for (;;) {
		struct rm_attach_request attach = {attack_word() & ~4095ul, (attack_random() % 8) * PAGE_SIZE,
		                                   (attack_random() % 16) * PAGE_SIZE, attack_random() % 8, attack_random() % 2};
		if (attack_random() % 2)
			attach.address = 0x7000000 + attack_random() % 64 * PAGE_SIZE;
		if (attack_random() % 3 == 0)
			attach.address = attack_random() % 64 * PAGE_SIZE;
		const struct rm_detach_request detach = {attach.address, attach.size};
		struct rm_attach_reply attached;
		struct rm_detach_reply detached;
		slot_t map = maps[attack_random() % 4];
		bool own = map == SLOT_ADDRESS_SPACE && (attach.address < 0x7000000 || attach.address > 0x7100000);
		err_t ignored = OK;
		if (!own)
			ignored = attack_random() % 3 ? rm_attach((ep_t){map}, &attach, &sources[attack_random() % 5], &attached, NULL)
			                              : rm_detach((ep_t){map}, &detach, NULL, &detached, NULL);
		(void)ignored;
		attack_note(false, 0);
	}
}

static err_t rom_attach(const uint8_t **bytes, slot_t *slot)
{
	const struct pd_address_space_request nothing = {};
	struct {
		uint64_t size;
	} reply;
	void *address = NULL;

	*slot = SLOT_OWN + 5;
	err_t err = rpc_call((ep_t){SLOT_ROM}, 0, &nothing, 0, NULL, 0, &reply, sizeof reply, slot, 1);
	if (err == OK)
		err = ds_attach((ds_t){*slot}, 0, 0, RIGHT_READ, 0, &address);
	*bytes = address;
	return err;
}

/* What is shown without the right to write stays so; what was freed cannot be seen any more. */
void attack_stale(void)
{
	const struct dataspace_native_request ask = {};
	const struct pd_ram_alloc_request alloc = {64 * PAGE_SIZE};
	const struct pd_ram_free_request free = {};
	struct dataspace_native_reply asked;
	struct pd_ram_alloc_reply allocated;
	struct pd_ram_free_reply freed;
	const slot_t native = SLOT_OWN, memory = SLOT_OWN + 1;
	const uint8_t *rom;
	slot_t rom_slot;

	if (rom_attach(&rom, &rom_slot) != OK)
		return;
	attack_note(pd_protect(PD_SELF, (addr_t)rom, PAGE_SIZE, WRITABLE) == OK, 1);
	void *address;
	attack_note(ds_attach((ds_t){rom_slot}, 0, 0, WRITABLE, 0, &address) == OK, 2);
	for (int round = 0; round < 200; round++) {
		if (pd_ram_alloc((ep_t){SLOT_PD}, &alloc, NULL, &allocated, &memory) != OK ||
		    dataspace_native((ep_t){memory}, &ask, NULL, &asked, &native) != OK)
			return;
		for (uint32_t rights = 0; rights < 8; rights++)
			attack_note(pd_map(PD_SELF, 0x9000000, (memory_t){native}, 0, PAGE_SIZE, rights) == OK, 3);
		attack_note(pd_ram_free((ep_t){SLOT_PD}, &free, &memory, &freed, NULL) != OK, 4);
		attack_note(pd_map(PD_SELF, 0x9000000, (memory_t){native}, 0, PAGE_SIZE, RIGHT_READ) == OK, 5);
	}
}

void attack_flood(void)
{
	struct log_write_request line = {.length = LOG_TEXT};
	struct log_write_reply written;
	const struct pd_quota_request ask = {};
	struct pd_quota_reply quota;

	for (;;) {
		for (uint32_t i = 0; i < LOG_TEXT; i++)
			line.text[i] = (char)(attack_random() % 64 ? attack_random() % 256 : '\n');
		if (ATTACK->count % 64 == 0)
			attack_note(log_write((ep_t){SLOT_LOG}, &line, NULL, &written, NULL) != OK, 1);
		attack_note(pd_quota((ep_t){SLOT_PD}, &ask, NULL, &quota, NULL) != OK, 2);
	}
}

void attack_timers(void)
{
	const struct timer_handler_request handler = {};
	struct timer_handler_reply handled;
	struct timer_set_reply done;
	signal_t signal;

	if (signal_alloc(&signal) != OK)
		return;
	attack_note(timer_handler((ep_t){SLOT_TIMER}, &handler, &signal.slot, &handled, NULL) != OK, 1);
	for (;;) {
		const struct timer_set_request set = {attack_random() % 2 ? clock_now() + attack_random() % 100000 : attack_word(),
		                                      attack_random() % 2 ? 10000 : attack_word()};
		err_t ignored = timer_set((ep_t){SLOT_TIMER}, &set, NULL, &done, NULL);
		(void)ignored;
		attack_note(false, 0);
	}
}
