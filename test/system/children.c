/* SPDX-License-Identifier: MIT */
/* Tests of children: made and destroyed without a trace, running or not. */
#include <framework/child.h>
#include <framework/memory.h>

#include "test/system/suite.h"

enum { CHILDREN = 500, CHILD_RAM = 1 << 20, CHILD_CAPS = 30, CHILD_SLOTS = 64, BADGE = 4711 };

static const struct pd_child_create_request request = {.ram = CHILD_RAM, .caps = CHILD_CAPS, .slots = CHILD_SLOTS,
                                                       .name = "tiny"};

/* Load and start `tiny`, with `parent` to call. */
static err_t tiny_start(struct child *child, slot_t parent)
{
	struct child_memory memory = child_plain_memory;
	const char *sentence = "";
	uint64_t entry = 0;

	memory.context = child;
	err_t err = child_load(&memory, suite_tiny.bytes, suite_tiny.size, &entry, &sentence);
	if (err == OK)
		err = child_give(child, parent, SLOT_PARENT);
	if (err == OK)
		err = child_give(child, child->pd, SLOT_PD);
	return err == OK ? child_start(child, "main", entry) : err;
}

TEST(children_made, "500 children are made, run to their end and destroyed; nothing is left of them")
{
	const struct pd_quota_reply before = QUOTA();
	struct utcb *utcb = utcb_self();
	struct child child;
	uint32_t ended = 0;
	slot_t parent;
	reply_t reply;
	ep_t ep;

	CHECK_OK(ep_alloc(&ep));
	CHECK_OK(reply_alloc(&reply));
	CHECK_OK(cap_mint(cap_any(ep), BADGE, RIGHT_SEND, &parent));
	const struct pd_quota_reply ready = QUOTA();
	for (uint32_t i = 0; i < CHILDREN && ended == i; i++) {
		CHECK_OK(child_make(&request, &child));
		CHECK_OK(tiny_start(&child, parent));
		err_t err = ipc_wait(ep, reply, (signal_t){0}, clock_now() + 10000000000ull);
		CHECK_OK(err);
		ended += err == OK && utcb->badge == BADGE && utcb->words[0] == parent_op_exit &&
		         utcb->words[1] == TINY_STATUS;
		child_destroy(&child);
		CHECK_ERR(ipc_reply(reply), ERR_STATE);
		const struct pd_quota_reply now = QUOTA();
		CHECK(now.ram_used == ready.ram_used && now.cap_used == ready.cap_used);
	}
	CHECK(ended == CHILDREN);
	slot_give(parent);
	object_free(cap_any(ep));
	object_free(cap_any(reply));
	CHECK(QUOTA().ram_used == before.ram_used && QUOTA().cap_used == before.cap_used);
}

TEST(child_too_poor, "a child whose quota does not do for its program fails to load and leaves nothing")
{
	struct pd_child_create_request poor = request;
	struct child child;
	uint32_t loaded = 0;
	ep_t nobody;

	CHECK_OK(ep_alloc(&nobody));
	for (uint32_t caps = 0; caps < 16; caps++) {
		poor.caps = caps;
		CHECK_OK(child_make(&poor, &child));
		err_t err = tiny_start(&child, nobody.slot);
		CHECK(err == OK || err == ERR_CAP_QUOTA);
		loaded += err == OK;
		child_destroy(&child);
	}
	CHECK(loaded > 0 && loaded < 16);
	poor.caps = CHILD_CAPS;
	for (poor.ram = 0; poor.ram < 512 << 10; poor.ram += 16 << 10) {
		CHECK_OK(child_make(&poor, &child));
		err_t err = tiny_start(&child, nobody.slot);
		CHECK(err == OK || err == ERR_MEMORY_QUOTA);
		child_destroy(&child);
	}
	object_free(cap_any(nobody));
}

TEST(program_damaged, "a program with any byte of its headers changed is refused or loaded, and does no harm")
{
	enum { HEADERS = 64 + 3 * 56 };
	static uint8_t copy[256 * 1024];
	const struct child_memory plain = child_plain_memory;
	uint32_t refused = 0;

	CHECK(suite_tiny.size <= sizeof copy);
	for (uint32_t at = 0; at < HEADERS && suite_tiny.size <= sizeof copy; at++) {
		struct child_memory memory = plain;
		struct child child;
		const char *sentence = "";
		uint64_t entry = 0;
		memcpy(copy, suite_tiny.bytes, suite_tiny.size);
		copy[at] ^= 0xff;
		CHECK_OK(child_make(&request, &child));
		memory.context = &child;
		err_t err = child_load(&memory, copy, suite_tiny.size, &entry, &sentence);
		refused += err != OK;
		child_destroy(&child);
	}
	CHECK(refused > 20);
}

TEST(quota_for_children, "a child that eats all it can get costs its parent what it was given and no more")
{
	const struct pd_ram_alloc_request page = {PAGE_SIZE};
	struct pd_ram_alloc_reply reply;
	struct child child;
	slot_t slot;
	err_t err = OK;

	CHECK_OK(child_make(&request, &child));
	CHECK_OK(slot_take(&slot));
	const struct pd_quota_reply made = QUOTA();
	for (uint32_t i = 0; i < 2 * CHILD_CAPS && err == OK; i++) {
		err = pd_ram_alloc((ep_t){child.pd}, &page, NULL, &reply, &slot);
		if (err == OK)
			err = cap_delete(PD_SELF, slot);
	}
	CHECK_ERR(err, ERR_CAP_QUOTA);
	CHECK(quota_of(child.pd).cap_used == CHILD_CAPS);
	CHECK(QUOTA().ram_used == made.ram_used && QUOTA().cap_used == made.cap_used);
	slot_give(slot);
	child_destroy(&child);
}
