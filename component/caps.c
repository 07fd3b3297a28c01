/* SPDX-License-Identifier: MIT */
/*
 * A capability space that changes all the time: kernel objects, dataspaces, region maps at chosen slots, copies of
 * them with badges and fewer rights, and holes where some were deleted or freed. A model says what each slot must
 * hold; each step changes one slot and probes another, and at the end a probe goes through every capability.
 *
 *    endpoint  a call by the slot reaches the object, under the slot's badge     reply   that call is answered by it
 *    signal    pending badges and count; submits; without CONTROL not to be read
 *    dataspace its size and its content                                          map     its size; what it shows
 */
#include <framework/memory.h>
#include <kernel/ipc.h>
#include <pd/session.h>
#include <rm/session.h>

#include <inttypes.h>

#include "component/subject.h"

enum { SLOT_FIRST = 1000, SLOT_STRIDE = 7, ENTRIES = 48, STACK = 64 * 1024, OBJECT_RIGHTS = RIGHT_ALL & ~RIGHT_DESTROY };

enum what { NOTHING, ENDPOINT, REPLY, SIGNAL, DATASPACE, MAP, WHATS };

/* What a slot must hold. A copy names the entry it was made from, which holds the object. */
struct entry {
	enum what what;
	bool copy;
	uint32_t origin, badge, rights;
	uint32_t badges, count;        /* of a signal that is no copy: pending */
	uint64_t value;                /* of a dataspace that is no copy: its content */
	uint32_t pages;                /* of a dataspace or map that is no copy */
	uint32_t shown;                /* of a map that is no copy: entry of the dataspace at its start, or ENTRIES */
};

static struct {
	struct entry entry[ENTRIES];
	struct session rm;
	reply_t reply;
	signal_t go, gone;
	volatile slot_t called;        /* by the caller thread, when told to */
	uint64_t result;
} all;

static slot_t slot_of(uint32_t n)
{
	return SLOT_FIRST + n * SLOT_STRIDE;
}

static void result_add(uint64_t value)
{
	all.result = subject_mix(all.result ^ value);
}

static void entry_make(uint32_t n, enum what what, uint64_t choice)
{
	static const enum kind kinds[WHATS] = {[ENDPOINT] = KIND_ENDPOINT, [REPLY] = KIND_REPLY, [SIGNAL] = KIND_SIGNAL};
	const struct pd_object_alloc_request object = {.kind = kinds[what]};
	const uint32_t pages = (uint32_t)(choice >> 16) % 3 + 1;
	const struct pd_ram_alloc_request ram = {pages * PAGE_SIZE};
	const struct rm_service_create_request map = {pages * PAGE_SIZE};
	struct pd_object_alloc_reply object_made;
	struct pd_ram_alloc_reply ram_made;
	struct rm_service_create_reply map_made;
	struct entry *entry = &all.entry[n];
	const slot_t slot = slot_of(n);

	*entry = (struct entry){.what = what, .origin = n, .rights = OBJECT_RIGHTS, .pages = pages, .shown = ENTRIES};
	if (what == DATASPACE)
		subject_ok(pd_ram_alloc((ep_t){SLOT_PD}, &ram, NULL, &ram_made, &slot));
	else if (what == MAP)
		subject_ok(rm_service_create(all.rm.ep, &map, NULL, &map_made, &slot));
	else
		subject_ok(pd_object_alloc((ep_t){SLOT_PD}, &object, NULL, &object_made, &slot));
	if (what == DATASPACE || what == MAP)
		entry->rights = RIGHT_SEND;
}

/* A badge where the kind has one and the original has none; fewer rights where that leaves some. */
static void entry_copy(uint32_t n, uint32_t from, uint64_t choice)
{
	const struct entry *original = &all.entry[from];
	struct entry *entry = &all.entry[n];
	bool badged = (original->what == ENDPOINT || original->what == SIGNAL) && !original->badge &&
	              original->rights & RIGHT_GRANT && choice & 1;

	*entry = *original;
	entry->copy = true;
	if (badged)
		entry->badge = (uint32_t)(choice >> 8) | 1;
	if (choice & 2 || badged)
		entry->rights &= RIGHT_SEND;
	subject_ok(cap_copy(PD_SELF, slot_of(from), PD_SELF, slot_of(n), entry->rights, badged ? entry->badge : 0));
}

/* Empties one slot; the object goes with the entry that made it, and then all its copies are empty too. */
static void entry_remove(uint32_t n)
{
	const struct entry entry = all.entry[n];
	const struct pd_object_free_request object = {};
	struct pd_object_free_reply object_done;
	const struct pd_ram_free_request ram = {};
	struct pd_ram_free_reply ram_done;
	const struct rm_service_destroy_request map = {};
	struct rm_service_destroy_reply map_done;
	const slot_t slot = slot_of(n);

	if (entry.copy) {
		subject_ok(cap_delete(PD_SELF, slot));
		all.entry[n] = (struct entry){0};
		return;
	}
	if (entry.what == DATASPACE)
		subject_ok(pd_ram_free((ep_t){SLOT_PD}, &ram, &slot, &ram_done, NULL));
	else if (entry.what == MAP)
		subject_ok(rm_service_destroy(all.rm.ep, &map, &slot, &map_done, NULL));
	else
		subject_ok(pd_object_free((ep_t){SLOT_PD}, &object, &slot, &object_done, NULL));
	for (uint32_t i = 0; i < ENTRIES; i++) {
		if (all.entry[i].what == MAP && all.entry[i].shown == n && entry.what == DATASPACE)
			all.entry[i].shown = ENTRIES;
		if (all.entry[i].what && all.entry[i].origin == n)
			all.entry[i] = (struct entry){0};
	}
}

/* The second thread: calls the slot that it is told. */
static void call_when_told(addr_t argument)
{
	uint32_t badges, count;

	(void)argument;
	for (;;) {
		subject_ok(signal_wait(all.go, DEADLINE_NEVER, &badges, &count));
		utcb_self()->word_count = utcb_self()->cap_count = 0;
		subject_ok(ipc_call((ep_t){all.called}));
		subject_check(utcb_self()->word_count == 1 && utcb_self()->words[0] == all.called, "answered %u",
		              utcb_self()->words[0]);
		subject_ok(signal_submit(all.gone));
	}
}

/* Slot `n` is called, its object waits for the call with `reply`, which answers. */
static void probe_call(uint32_t n, reply_t reply)
{
	const struct entry *entry = &all.entry[n];
	struct utcb *utcb = utcb_self();
	uint32_t badges, count;

	all.called = slot_of(n);
	subject_expect(ipc_wait((ep_t){slot_of(entry->origin)}, reply, (signal_t){0}, 0), ERR_TIMEOUT);
	subject_ok(signal_submit(all.go));
	subject_ok(ipc_wait((ep_t){slot_of(entry->origin)}, reply, (signal_t){0}, DEADLINE_NEVER));
	subject_check(utcb->event == EVENT_MESSAGE && utcb->badge == entry->badge, "badge %x, not %x", utcb->badge,
	              entry->badge);
	result_add(utcb->badge);
	utcb->words[0] = all.called;
	utcb->word_count = 1;
	utcb->cap_count = 0;
	subject_ok(ipc_reply(reply));
	subject_ok(signal_wait(all.gone, DEADLINE_NEVER, &badges, &count));
	subject_expect(ipc_reply(reply), ERR_STATE);
}

static void probe_reply(uint32_t n)
{
	uint32_t ep = 0;

	while (ep < ENTRIES && (all.entry[ep].what != ENDPOINT || all.entry[ep].copy))
		ep++;
	if (!(all.entry[n].rights & RIGHT_WAIT)) {
		subject_expect(ipc_reply((reply_t){slot_of(n)}), ERR_STATE);
		if (ep < ENTRIES)
			subject_expect(ipc_wait((ep_t){slot_of(ep)}, (reply_t){slot_of(n)}, (signal_t){0}, 0), ERR_RIGHTS);
	} else if (ep < ENTRIES) {
		probe_call(ep, (reply_t){slot_of(n)});
	}
}

static void probe_signal(uint32_t n)
{
	struct entry *entry = &all.entry[n], *origin = &all.entry[entry->origin];
	uint32_t badges, count;

	subject_ok(signal_get((signal_t){slot_of(entry->origin)}, &badges, &count));
	subject_check(badges == origin->badges && count == origin->count, "%x, %u pending, not %x, %u", badges, count,
	              origin->badges, origin->count);
	result_add((uint64_t)badges << 32 | count);
	if (!(entry->rights & RIGHT_CONTROL)) {
		subject_expect(signal_get((signal_t){slot_of(n)}, &badges, &count), ERR_RIGHTS);
		subject_expect(signal_wait((signal_t){slot_of(n)}, 0, &badges, &count), ERR_RIGHTS);
	}
	subject_ok(signal_submit((signal_t){slot_of(n)}));
	origin->badges |= entry->badge;
	origin->count++;
}

/* Its content is what was written last, and is replaced. */
static void probe_dataspace(uint32_t n, uint64_t value)
{
	struct entry *origin = &all.entry[all.entry[n].origin];
	uint64_t size, wanted;
	void *bytes;

	subject_ok(ds_size((ds_t){slot_of(n)}, &size));
	subject_check(size == origin->pages * PAGE_SIZE, "%" PRIu64 " bytes, not %u pages", size,
	              origin->pages);
	subject_ok(ds_attach((ds_t){slot_of(n)}, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &bytes));
	for (uint64_t i = 0; i < size / 8; i += 61) {
		volatile uint64_t *word = (volatile uint64_t *)bytes + i;
		wanted = origin->value ? subject_mix(origin->value + i) : 0;
		subject_check(*word == wanted, "word %" PRIu64 ": %" PRIx64 ", not %" PRIx64, i, *word, wanted);
		*word = subject_mix(value + i);
	}
	origin->value = value;
	ds_detach(bytes, size);
	result_add(size);
}

/* It shows the dataspace that was attached last; now another, at its start. */
static void probe_map(uint32_t n, uint64_t choice)
{
	const struct rm_dataspace_request request = {};
	struct rm_dataspace_reply reply;
	struct rm_attach_request attach = {0, 0, PAGE_SIZE, RIGHT_READ | RIGHT_WRITE, 0};
	struct rm_attach_reply attached;
	struct entry *origin = &all.entry[all.entry[n].origin];
	uint32_t next = (uint32_t)choice % ENTRIES;
	void *bytes;
	slot_t ds;

	subject_ok(slot_take(&ds));
	subject_ok(rm_dataspace((ep_t){slot_of(n)}, &request, NULL, &reply, &ds));
	subject_check(reply.size == origin->pages * PAGE_SIZE, "%" PRIu64 " bytes, not %u pages", reply.size,
	              origin->pages);
	result_add(reply.size);
	if (origin->shown < ENTRIES) {
		uint64_t value = all.entry[origin->shown].value, wanted = value ? subject_mix(value) : 0;
		subject_ok(ds_attach((ds_t){ds}, 0, PAGE_SIZE, RIGHT_READ, 0, &bytes));
		uint64_t shown = *(volatile uint64_t *)bytes;
		subject_check(shown == wanted, "%" PRIx64 " shown, not %" PRIx64, shown, wanted);
		ds_detach(bytes, PAGE_SIZE);
	}
	slot_give(ds);
	if (all.entry[next].what != DATASPACE)
		return;
	const slot_t source = slot_of(next);
	subject_ok(rm_attach((ep_t){slot_of(n)}, &attach, &source, &attached, NULL));
	origin->shown = all.entry[next].origin;
}

static void probe(uint32_t n, uint64_t choice)
{
	static const uint32_t kinds[WHATS] = {[ENDPOINT] = KIND_ENDPOINT, [REPLY] = KIND_REPLY, [SIGNAL] = KIND_SIGNAL,
	                                      [DATASPACE] = KIND_ENDPOINT, [MAP] = KIND_ENDPOINT};
	const struct entry *entry = &all.entry[n];
	struct cap_entry found = {0};

	bool there = subject_slot(slot_of(n), &found);
	subject_check(there == (entry->what != NOTHING), "slot %u holds kind %u, not %u", slot_of(n), found.kind,
	              kinds[entry->what]);
	result_add(entry->what);
	if (!there)
		return;
	subject_check(found.kind == kinds[entry->what] && found.rights == entry->rights, "slot %u: kind %u, rights %x",
	              slot_of(n), found.kind, found.rights);
	result_add((uint64_t)found.kind << 32 | found.rights);
	switch (entry->what) {
	case ENDPOINT: probe_call(n, all.reply); break;
	case REPLY: probe_reply(n); break;
	case SIGNAL: probe_signal(n); break;
	case DATASPACE: probe_dataspace(n, choice | 1); break;
	default: probe_map(n, choice); break;
	}
}

static void change(uint64_t choice)
{
	uint32_t n = (uint32_t)choice % ENTRIES, from = (uint32_t)(choice >> 8) % ENTRIES;

	if (all.entry[n].what)
		entry_remove(n);
	else if (all.entry[from].what && choice >> 16 & 1)
		entry_copy(n, from, choice >> 20);
	else
		entry_make(n, (enum what)((choice >> 20) % (WHATS - 1) + 1), choice);
}

int component_main(addr_t argument)
{
	uint64_t choice = 3, steps = subject_begin("caps", "a capability space that changes, probed slot by slot");

	(void)argument;
	subject_ok(session_open("RM", "caps", 0, &all.rm));
	subject_ok(reply_alloc(&all.reply));
	subject_ok(signal_alloc(&all.go));
	subject_ok(signal_alloc(&all.gone));
	subject_ok(thread_spawn(1, "caller", STACK, call_when_told, 0));
	for (uint32_t n = 0; n < ENTRIES; n += 2)
		entry_make(n, (enum what)(n / 2 % (WHATS - 1) + 1), subject_mix(n));
	for (uint64_t step = 0; step < steps; step++) {
		choice = subject_mix(choice);
		change(choice);
		probe((uint32_t)(choice >> 32) % ENTRIES, subject_mix(choice));
		subject_sleep(clock_now() + choice % (MILLISECOND / 2));
	}
	for (uint32_t n = 0; n < ENTRIES; n++)
		probe(n, subject_mix(n));
	return subject_finish(steps, all.result);
}
