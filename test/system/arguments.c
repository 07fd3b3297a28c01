/* SPDX-License-Identifier: MIT */
/* Tests of bad arguments: every operation of every service with wrong sizes and capabilities, then at random. */
#include <cpu/session.h>
#include <framework/child.h>
#include <framework/memory.h>
#include <launcher/session.h>
#include <log/session.h>
#include <rom/session.h>
#include <timer/session.h>

#include "test/system/suite.h"

struct row {
	const char *name;
	uint32_t opcode, size, in;
};
#define ROW(service, name, in, out) {#service " " #name, service##_op_##name, sizeof(struct service##_##name##_request), in},

static const struct row parent_rows[] = {PARENT_OPERATIONS(ROW)}, pd_rows[] = {PD_OPERATIONS(ROW)},
	ds_rows[] = {DATASPACE_OPERATIONS(ROW)}, map_rows[] = {RM_OPERATIONS(ROW)},
	rm_rows[] = {RM_SERVICE_OPERATIONS(ROW)}, cpu_rows[] = {CPU_OPERATIONS(ROW)},
	thread_rows[] = {CPU_THREAD_OPERATIONS(ROW)}, rom_rows[] = {ROM_OPERATIONS(ROW)},
	log_rows[] = {LOG_OPERATIONS(ROW)}, timer_rows[] = {TIMER_OPERATIONS(ROW)},
	launcher_rows[] = {LAUNCHER_OPERATIONS(ROW)};
#define ROWS(rows) rows, sizeof(rows) / sizeof *(rows)

/* One of each, paid by a child. */
enum { PARENT_AT, PD_AT, DS_AT, MAP_AT, RM_AT, CPU_AT, THREAD_AT, ROM_AT, LOG_AT, TIMER_AT, LAUNCHER_AT, SERVICES };
static const struct {
	const struct row *rows;
	uint32_t count;
	const char *session, *label;   /* to be opened by that name */
} services[SERVICES] = {
	[PARENT_AT] = {ROWS(parent_rows), NULL, NULL}, [PD_AT] = {ROWS(pd_rows), NULL, NULL},
	[DS_AT] = {ROWS(ds_rows), NULL, NULL},         [MAP_AT] = {ROWS(map_rows), NULL, NULL},
	[RM_AT] = {ROWS(rm_rows), "RM", ""},           [CPU_AT] = {ROWS(cpu_rows), "CPU", ""},
	[THREAD_AT] = {ROWS(thread_rows), NULL, NULL}, [ROM_AT] = {ROWS(rom_rows), "ROM", "tiny"},
	[LOG_AT] = {ROWS(log_rows), "LOG", "x"},       [TIMER_AT] = {ROWS(timer_rows), "TIMER", ""},
	[LAUNCHER_AT] = {ROWS(launcher_rows), "LAUNCHER", ""},
};

enum { ID_FIRST = 0x60000000, CHILD_RAM = 8 << 20, CHILD_CAPS = 200 };

struct victims {
	struct child child;
	slot_t slot[SERVICES];
};

static void session_open_for(struct victims *victims, uint32_t at)
{
	struct parent_session_open_request request = {.id = ID_FIRST + at};
	struct parent_session_open_reply reply;

	memcpy(request.service, services[at].session, strlen(services[at].session));
	memcpy(request.label, services[at].label, strlen(services[at].label));
	CHECK_OK(parent_session_open((ep_t){SLOT_PARENT}, &request, &victims->child.pd, &reply, &victims->slot[at]));
}

static void victims_make(struct victims *victims)
{
	const struct pd_child_create_request request = {.ram = CHILD_RAM, .caps = CHILD_CAPS, .slots = 64, .name = "victim"};
	const struct pd_ram_alloc_request ram = {4 * PAGE_SIZE};
	const struct rm_service_create_request map = {4 * PAGE_SIZE};
	const struct cpu_thread_create_request thread = {.core = AFFINITY_ANY, .name = "victim"};
	struct pd_ram_alloc_reply ram_made;
	struct rm_service_create_reply map_made;
	struct cpu_thread_create_reply thread_made;

	CHECK_OK(child_make(&request, &victims->child));
	for (uint32_t at = 0; at < SERVICES; at++) {
		CHECK_OK(slot_take(&victims->slot[at]));
		if (services[at].session)
			session_open_for(victims, at);
	}
	CHECK_OK(cap_copy(PD_SELF, SLOT_PARENT, PD_SELF, victims->slot[PARENT_AT], RIGHT_ALL, 0));
	CHECK_OK(cap_copy(PD_SELF, victims->child.pd, PD_SELF, victims->slot[PD_AT], RIGHT_ALL, 0));
	CHECK_OK(pd_ram_alloc((ep_t){victims->child.pd}, &ram, NULL, &ram_made, &victims->slot[DS_AT]));
	CHECK_OK(rm_service_create((ep_t){victims->slot[RM_AT]}, &map, NULL, &map_made, &victims->slot[MAP_AT]));
	CHECK_OK(cpu_thread_create((ep_t){victims->slot[CPU_AT]}, &thread, &victims->child.pd, &thread_made,
	                           &victims->slot[THREAD_AT]));
}

static void victims_end(struct victims *victims)
{
	child_destroy(&victims->child);
	for (uint32_t at = 0; at < SERVICES; at++) {
		const struct parent_session_close_request request = {.id = ID_FIRST + at};
		struct parent_session_close_reply reply;
		if (services[at].session)
			CHECK_OK(parent_session_close((ep_t){SLOT_PARENT}, &request, NULL, &reply, NULL));
		slot_give(victims->slot[at]);
	}
}

static err_t raw_call(slot_t to, uint32_t opcode, const uint32_t *payload, uint32_t words, const slot_t *caps,
                      uint32_t cap_count, slot_t scratch)
{
	struct utcb *utcb = utcb_self();
	err_t ignored;

	utcb->words[0] = opcode;
	for (uint32_t i = 0; i < words; i++)
		utcb->words[1 + i] = payload[i];
	utcb->word_count = 1 + words;
	for (uint32_t i = 0; i < cap_count; i++)
		utcb->caps[i] = caps[i];
	utcb->cap_count = cap_count;
	utcb->receive[0] = scratch;
	err_t err = ipc_call((ep_t){to});
	utcb->receive[0] = 0;
	ignored = cap_delete(PD_SELF, scratch);
	(void)ignored;
	return err != OK ? err : utcb->word_count ? (err_t)utcb->words[0] : ERR_CORRUPT;
}

static void row_check(const struct row *row, slot_t to, slot_t forged, slot_t scratch)
{
	static const uint32_t zeros[MESSAGE_WORDS];
	const slot_t none[MESSAGE_CAPS] = {0}, wrong[MESSAGE_CAPS] = {forged, forged, forged, forged};
	uint32_t words = (row->size + 3) / 4;

	for (uint32_t size = 0; size < MESSAGE_WORDS; size++)
		if (size != words && raw_call(to, row->opcode, zeros, size, wrong, row->in, scratch) != ERR_ARGUMENT) {
			log_line("%s takes %u words", row->name, size);
			CHECK(false);
		}
	if (!row->in)
		return;
	CHECK_ERR(raw_call(to, row->opcode, zeros, words, none, row->in, scratch), ERR_CAPABILITY);
	CHECK_ERR(raw_call(to, row->opcode, zeros, words, none, 0, scratch), ERR_CAPABILITY);
}

/* Operations that take whatever capability comes, and only submit to it. */
static bool takes_any(const struct row *row)
{
	const char *name = row->name, *end = name + strlen(name) - 7;

	return strlen(name) > 7 && strcmp(end, "handler") == 0;
}

TEST(requests_malformed, "each operation refuses other sizes, missing capabilities, and those of a forger")
{
	static const uint32_t zeros[MESSAGE_WORDS];
	struct victims victims;
	slot_t scratch, forged;
	ep_t ep;

	victims_make(&victims);
	CHECK_OK(slot_take(&scratch));
	CHECK_OK(ep_alloc(&ep));
	for (uint32_t at = 0; at < SERVICES; at++) {
		CHECK_OK(cap_mint(cap_any(ep), at + 1, RIGHT_SEND, &forged));
		for (uint32_t i = 0; i < services[at].count; i++) {
			const struct row *row = &services[at].rows[i];
			const slot_t wrong[MESSAGE_CAPS] = {forged, forged, forged, forged};
			row_check(row, victims.slot[at], forged, scratch);
			if (!row->in || takes_any(row))
				continue;
			err_t err = raw_call(victims.slot[at], row->opcode, zeros, (row->size + 3) / 4, wrong, row->in, scratch);
			if (err == OK)
				log_line("%s takes a forged capability", row->name);
			CHECK(err != OK);
		}
		CHECK_ERR(raw_call(victims.slot[at], services[at].count, zeros, 0, NULL, 0, scratch), ERR_UNSUPPORTED);
		CHECK_ERR(raw_call(victims.slot[at], UINT32_MAX, zeros, 31, NULL, 0, scratch), ERR_UNSUPPORTED);
		slot_give(forged);
	}
	object_free(cap_any(ep));
	slot_give(scratch);
	victims_end(&victims);
}

static uint64_t random_next(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Words that sit at borders more often than chance would have it. */
static uint32_t random_word(void)
{
	static const uint32_t edges[] = {0, 1, 2, 3, 7, 8, 0xfff, 0x1000, 0x2000, 0x7fff, 0x8000, 0x10000, 0x7fffffff,
	                                 0x80000000, 0xfffff000, 0xffffffff};
	uint64_t random = random_next();

	return random & 3 ? edges[random >> 8 & 15] : (uint32_t)(random >> 32);
}

static void random_call(const struct victims *victims, const slot_t *pool, uint32_t pool_size, slot_t scratch,
                        uint32_t *accepted)
{
	uint32_t at = (uint32_t)(random_next() % SERVICES), payload[MESSAGE_WORDS];
	const struct row *row = &services[at].rows[random_next() % services[at].count];
	slot_t caps[MESSAGE_CAPS];

	if (at == PARENT_AT || at == LOG_AT || at == LAUNCHER_AT)
		return;
	for (uint32_t i = 0; i < MESSAGE_WORDS; i++)
		payload[i] = random_word();
	for (uint32_t i = 0; i < MESSAGE_CAPS; i++)
		caps[i] = pool[random_next() % pool_size];
	uint32_t words = random_next() % 16 ? (row->size + 3) / 4 : (uint32_t)(random_next() % MESSAGE_WORDS);
	uint32_t count = random_next() % 16 ? row->in : (uint32_t)(random_next() % (MESSAGE_CAPS + 1));
	*accepted += raw_call(victims->slot[at], row->opcode, payload, words, caps, count, scratch) == OK;
}

TEST(requests_random, "thousands of random calls with odd values and capabilities hurt nobody and leave nothing")
{
	enum { ROUNDS = 20, CALLS = 2000 };
	uint32_t accepted = 0;
	slot_t scratch;

	CHECK_OK(slot_take(&scratch));
	for (uint32_t round = 0; round < ROUNDS; round++) {
		struct victims victims;
		signal_t signal;
		victims_make(&victims);
		CHECK_OK(signal_alloc(&signal));
		slot_t pool[SERVICES + 4] = {0, scratch, signal.slot, victims.child.space};
		for (uint32_t at = 0; at < SERVICES; at++)
			pool[at + 4] = at == PARENT_AT ? victims.child.native : victims.slot[at];
		for (uint32_t i = 0; i < CALLS; i++)
			random_call(&victims, pool, sizeof pool / sizeof *pool, scratch, &accepted);
		victims_end(&victims);
		object_free(cap_any(signal));
	}
	CHECK(accepted > 100);
	slot_give(scratch);
}
