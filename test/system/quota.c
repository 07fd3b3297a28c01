/* SPDX-License-Identifier: MIT */
/* Tests of quota: exhausted, given back, shared with children, never gained. */
#include <framework/memory.h>

#include "test/system/suite.h"

enum { LIST = 4096 };

static slot_t list[LIST];

static err_t ram_alloc(slot_t pd, uint64_t size, slot_t slot)
{
	const struct pd_ram_alloc_request request = {size};
	struct pd_ram_alloc_reply reply;

	return pd_ram_alloc((ep_t){pd}, &request, NULL, &reply, &slot);
}

TEST(ram_exhausted, "all memory of the quota can be taken, not a page more, and comes back")
{
	const struct pd_quota_reply before = QUOTA();
	uint32_t count = 0;
	ds_t ds;

	while (count < LIST && ds_alloc(1 << 20, &ds) == OK)
		list[count++] = ds.slot;
	struct pd_quota_reply full = QUOTA();
	CHECK(count > 0 && full.ram_limit - full.ram_used < 1 << 20);
	CHECK_ERR(ds_alloc(1 << 20, &ds), ERR_MEMORY_QUOTA);
	while (count < LIST && ds_alloc(PAGE_SIZE, &ds) == OK)
		list[count++] = ds.slot;
	CHECK(QUOTA().ram_limit - QUOTA().ram_used < PAGE_SIZE);
	CHECK_ERR(ds_alloc(1, &ds), ERR_MEMORY_QUOTA);
	while (count)
		ds_free((ds_t){list[--count]});
	CHECK(QUOTA().ram_used == before.ram_used && QUOTA().cap_used == before.cap_used);
}

TEST(caps_exhausted, "all capabilities of the quota can be taken, not one more, and come back")
{
	const struct pd_quota_reply before = QUOTA();
	uint32_t count = 0;
	signal_t signal;
	struct session log;
	ds_t ds;

	while (count < LIST && signal_alloc(&signal) == OK)
		list[count++] = signal.slot;
	CHECK(QUOTA().cap_used == QUOTA().cap_limit && count == before.cap_limit - before.cap_used);
	CHECK_ERR(signal_alloc(&signal), ERR_CAP_QUOTA);
	CHECK_ERR(ds_alloc(PAGE_SIZE, &ds), ERR_CAP_QUOTA);
	CHECK_ERR(session_open("LOG", "suite", 0, &log), ERR_CAP_QUOTA);
	while (count)
		object_free((cap_t){list[--count]});
	CHECK(QUOTA().ram_used == before.ram_used && QUOTA().cap_used == before.cap_used);
}

TEST(map_pays, "who shows many dataspaces in a map pays for its regions, and for what knows of them")
{
	enum { SHOWN = 128, EACH = 68 };   /* less than a region and what knows of its source take */
	const struct pd_quota_reply before = QUOTA();
	rm_t map = map_make(SHOWN * PAGE_SIZE);
	ds_t as_ds = map_ds(map), ds;

	for (uint32_t i = 0; i < SHOWN; i++) {
		CHECK_OK(ds_alloc(PAGE_SIZE, &ds));
		list[i] = ds.slot;
		CHECK_OK(map_attach(map, ds, i * PAGE_SIZE, 0, PAGE_SIZE, RIGHT_READ));
	}
	CHECK(QUOTA().ram_used - before.ram_used >= (SHOWN + 1) * PAGE_SIZE + SHOWN * EACH);
	map_destroy(map, as_ds);
	for (uint32_t i = 0; i < SHOWN; i++)
		ds_free((ds_t){list[i]});
	CHECK(QUOTA().ram_used == before.ram_used && QUOTA().cap_used == before.cap_used);
}

TEST(ram_sizes, "sizes that nobody can have are refused and cost nothing")
{
	static const struct {
		uint64_t size;
		err_t err;
	} cases[] = {
		{0, ERR_ARGUMENT}, {UINT64_MAX, ERR_ARGUMENT}, {UINT64_MAX - 4094, ERR_ARGUMENT},
		{(uint64_t)INT64_MAX + 1, ERR_ARGUMENT}, {INT64_MAX, ERR_MEMORY_QUOTA},
		{(uint64_t)1 << 62, ERR_MEMORY_QUOTA}, {(uint64_t)1 << 40, ERR_MEMORY_QUOTA},
	};
	const uint64_t before = QUOTA().ram_used;
	ds_t ds;

	for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_ERR(ds_alloc(cases[i].size, &ds), cases[i].err);
		CHECK(QUOTA().ram_used == before);
	}
	uint64_t size;
	CHECK_OK(ds_alloc(1, &ds));
	CHECK_OK(ds_size(ds, &size));
	CHECK(size == PAGE_SIZE && QUOTA().ram_used == before + PAGE_SIZE);
	ds_free(ds);
}

TEST(memory_is_fresh, "memory that someone wrote and gave back reads as zero when it is taken again")
{
	uint64_t sum = 0;

	for (int round = 0; round < 4; round++) {
		void *bytes = NULL;
		ds_t ds;
		CHECK_OK(ds_alloc(64 * PAGE_SIZE, &ds));
		CHECK_OK(ds_attach(ds, 0, 0, READ_WRITE, 0, &bytes));
		for (uint64_t i = 0; i < 64 * PAGE_SIZE / 8; i++)
			sum |= ((uint64_t *)bytes)[i];
		memset(bytes, 0xa5, 64 * PAGE_SIZE);
		ds_free(ds);
	}
	CHECK(sum == 0);
}

static err_t child_create(slot_t parent, uint64_t ram, uint32_t caps, uint32_t slots, slot_t slot)
{
	const struct pd_child_create_request request = {.ram = ram, .caps = caps, .slots = slots, .name = "child"};
	struct pd_child_create_reply reply;

	return pd_child_create((ep_t){parent}, &request, NULL, &reply, &slot);
}

static err_t child_end(slot_t parent, slot_t child)
{
	const struct pd_child_destroy_request request = {};
	struct pd_child_destroy_reply reply;

	return pd_child_destroy((ep_t){parent}, &request, &child, &reply, NULL);
}

static err_t transfer(slot_t from, slot_t to, uint64_t ram, uint64_t caps)
{
	const struct pd_transfer_request request = {ram, caps};
	struct pd_transfer_reply reply;

	return pd_transfer((ep_t){from}, &request, &to, &reply, NULL);
}

TEST(quota_transferred, "quota moves between parent and child alone, and only what is there")
{
	slot_t child, grandchild, ds;

	CHECK_OK(slot_take(&child));
	CHECK_OK(slot_take(&grandchild));
	CHECK_OK(slot_take(&ds));
	CHECK_OK(child_create(SLOT_PD, 1 << 20, 20, 64, child));
	CHECK_OK(child_create(child, 1 << 16, 4, 64, grandchild));
	const struct pd_quota_reply own = QUOTA(), theirs = quota_of(child);
	CHECK_OK(transfer(SLOT_PD, child, 1 << 20, 10));
	CHECK(quota_of(child).ram_limit == theirs.ram_limit + (1 << 20) && quota_of(child).cap_limit == 30);
	CHECK(QUOTA().ram_used == own.ram_used + (1 << 20) && QUOTA().cap_used == own.cap_used + 10);
	CHECK_OK(transfer(child, SLOT_PD, 1 << 20, 10));
	CHECK(QUOTA().ram_used == own.ram_used && QUOTA().cap_used == own.cap_used);
	CHECK_ERR(transfer(SLOT_PD, child, UINT64_MAX, 0), ERR_MEMORY_QUOTA);
	CHECK_ERR(transfer(SLOT_PD, child, 0, UINT64_MAX), ERR_CAP_QUOTA);
	CHECK_ERR(transfer(SLOT_PD, child, own.ram_limit - own.ram_used + 1, 0), ERR_MEMORY_QUOTA);
	CHECK_ERR(transfer(child, SLOT_PD, theirs.ram_limit - theirs.ram_used + 1, 0), ERR_MEMORY_QUOTA);
	CHECK_ERR(transfer(child, SLOT_PD, 0, theirs.cap_limit - theirs.cap_used + 1), ERR_CAP_QUOTA);
	CHECK_ERR(transfer(SLOT_PD, grandchild, 1, 0), ERR_DENIED);
	CHECK_ERR(transfer(grandchild, SLOT_PD, 1, 0), ERR_DENIED);
	CHECK_ERR(transfer(SLOT_PD, SLOT_PD, 1, 1), ERR_DENIED);
	CHECK_ERR(transfer(SLOT_PD, SLOT_CPU, 1, 1), ERR_CAPABILITY);
	CHECK_OK(ram_alloc(child, theirs.ram_limit - theirs.ram_used, ds));
	CHECK_ERR(transfer(child, SLOT_PD, PAGE_SIZE, 0), ERR_MEMORY_QUOTA);
	CHECK_ERR(child_end(SLOT_PD, grandchild), ERR_DENIED);
	CHECK_ERR(child_end(child, child), ERR_DENIED);
	CHECK_ERR(child_end(SLOT_PD, SLOT_PD), ERR_DENIED);
	CHECK_OK(child_end(SLOT_PD, child));
	CHECK_ERR(transfer(SLOT_PD, child, 1, 0), ERR_CAPABILITY);
	slot_give(child);
	slot_give(grandchild);
	slot_give(ds);
}

TEST(child_limits, "a child that asks for more than there is, or for nonsense, is not made")
{
	const struct pd_quota_reply own = QUOTA();
	const uint64_t ram = own.ram_limit - own.ram_used;
	const uint32_t caps = (uint32_t)(own.cap_limit - own.cap_used);
	struct pd_child_create_request request = {.ram = 1 << 20, .caps = 10, .slots = 64};
	struct pd_child_create_reply reply;
	slot_t slot;

	CHECK_OK(slot_take(&slot));
	CHECK_ERR(child_create(SLOT_PD, UINT64_MAX, 10, 64, slot), ERR_MEMORY_QUOTA);
	CHECK_ERR(child_create(SLOT_PD, UINT64_MAX - 8191, 10, 64, slot), ERR_MEMORY_QUOTA);
	CHECK_ERR(child_create(SLOT_PD, ram, 10, 64, slot), ERR_MEMORY_QUOTA);
	CHECK_ERR(child_create(SLOT_PD, 0, caps, 64, slot), ERR_CAP_QUOTA);
	CHECK_ERR(child_create(SLOT_PD, 0, UINT32_MAX, 64, slot), ERR_CAP_QUOTA);
	CHECK_ERR(child_create(SLOT_PD, 0, 0, 15, slot), ERR_ARGUMENT);
	CHECK_ERR(child_create(SLOT_PD, 0, 0, 0, slot), ERR_ARGUMENT);
	CHECK_ERR(child_create(SLOT_PD, 0, 0, 65537, slot), ERR_ARGUMENT);
	CHECK_ERR(child_create(SLOT_PD, 0, 0, UINT32_MAX, slot), ERR_ARGUMENT);
	memset(request.name, 'x', sizeof request.name);
	CHECK_ERR(pd_child_create((ep_t){SLOT_PD}, &request, NULL, &reply, &slot), ERR_ARGUMENT);
	request.name[0] = 0;
	memcpy(request.grant, "store", 6);
	CHECK_ERR(pd_child_create((ep_t){SLOT_PD}, &request, NULL, &reply, &slot), ERR_DENIED);
	CHECK(QUOTA().ram_used == own.ram_used && QUOTA().cap_used == own.cap_used);
	CHECK_OK(child_create(SLOT_PD, 0, caps - 1, 16, slot));
	CHECK_OK(child_end(SLOT_PD, slot));
	slot_give(slot);
}

TEST(children_nested_deep, "a chain of domains as long as quota allows ends with its head")
{
	enum { CAPS = 1500 };
	slot_t parent = SLOT_PD, own[2];
	uint32_t depth = 0;
	err_t err = OK;

	CHECK_OK(slot_take(&own[0]));
	CHECK_OK(slot_take(&own[1]));
	slot_t head;
	CHECK_OK(slot_take(&head));
	const uint64_t each = (OBJECT_SIZE_PD + 16 * OBJECT_SIZE_SLOT + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	uint64_t ram = CAPS * each;
	uint32_t caps = CAPS;
	while (err == OK && caps > 2) {
		slot_t next = depth ? own[depth % 2] : head;
		err = child_create(parent, ram, caps, 16, next);
		if (err != OK)
			break;
		if (depth > 1) {
			CHECK_OK(cap_delete(PD_SELF, parent));
		}
		parent = next;
		ram -= each;
		caps -= 1;
		depth++;
	}
	CHECK(depth > 500);
	CHECK_OK(child_end(SLOT_PD, head));
	slot_give(head);
	slot_give(own[0]);
	slot_give(own[1]);
}
