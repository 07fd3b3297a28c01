/* SPDX-License-Identifier: MIT */
/* Devices of a target, where things go wrong: see rtcr.h. */
#include <string.h>

#include <image/writer.h>
#include <irq/session.h>
#include <kernel/machine.h>

#include "rtcr/records.h"
#include "test/fuzz/heap.h"
#include "test/fuzz/rtcr.h"

#define ANOTHER "another,device"

static uint32_t id_of(enum belonging slot)
{
	const struct entry *entry = rtcr_entry(rtcr_domain(), slot);

	FUZZ_CHECK(entry, "a belonging is not there");
	return entry->id;
}

static bool record_is(const struct image_record *record, enum image_kind kind, enum belonging slot)
{
	return record->kind == kind && record->id == id_of(slot);
}

/* The state of a session, to be changed; it is the last piece from then on. */
static struct session_state *state_of(struct image_piece *pieces)
{
	static struct session_state state;

	memcpy(&state, pieces[3].bytes, sizeof state);
	pieces[3].bytes = &state;
	return &state;
}

static void piece_set(struct image_piece *piece, const char *text)
{
	*piece = (struct image_piece){text, (uint32_t)strlen(text)};
}

/* The TIMER session becomes one of a device. */
static void timer_turn(struct image_piece *pieces, const char *service, const char *label, uint32_t source)
{
	struct session_state *state = state_of(pieces);

	piece_set(&pieces[0], service);
	piece_set(&pieces[1], label);
	piece_set(&pieces[2], SERVED_DEVICE);
	state->source = source;
	state->signal = state->signal_badge = 0;
}

static void size_other(struct image_record *record, struct image_piece *pieces)
{
	(void)pieces;
	if (record_is(record, IMAGE_KIND_dataspace, BELONGS_REGISTERS))
		((struct image_dataspace *)record)->size += PAGE_SIZE;
}

static void registers_none(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IO_MEM))
		state_of(pieces)->source = id_of(BELONGS_MEMORY);
}

static void registers_renamed(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_dataspace, BELONGS_REGISTERS))
		piece_set(&pieces[0], "index");
}

static void line_none(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IRQ))
		state_of(pieces)->source = id_of(BELONGS_ENDPOINT);
}

static void line_missing(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IRQ))
		state_of(pieces)->source = 0;
}

static void line_left(struct image_record *record, struct image_piece *pieces)
{
	if (!record_is(record, IMAGE_KIND_session, BELONGS_IRQ))
		return;
	state_of(pieces)->source = 0;
	state_of(pieces)->signal = 0;
}

static void registers_left(struct image_record *record, struct image_piece *pieces)
{
	if (!record_is(record, IMAGE_KIND_session, BELONGS_IO_MEM))
		return;
	piece_set(&pieces[0], "TIMER");
	state_of(pieces)->source = 0;
}

static void sessions_two(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_TIMER))
		timer_turn(pieces, "IO_MEM", "program", id_of(BELONGS_REGISTERS));
}

static void registers_shared(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_TIMER))
		timer_turn(pieces, "IO_MEM", "index", id_of(BELONGS_REGISTERS));
}

static void line_shared(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_TIMER))
		timer_turn(pieces, "IRQ", "index", id_of(BELONGS_LINE));
}

static void signal_none(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IRQ))
		state_of(pieces)->signal = id_of(BELONGS_REPLY);
}

static void line_other(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IRQ))
		piece_set(&pieces[2], ANOTHER);
}

static void registers_other(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IO_MEM))
		piece_set(&pieces[2], ANOTHER);
}

static void device_unsaid(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_IRQ))
		piece_set(&pieces[2], "");
}

static void buffer_none(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_TERMINAL))
		state_of(pieces)->buffer = id_of(BELONGS_REGISTERS);
}

static void period_short(struct image_record *record, struct image_piece *pieces)
{
	if (record_is(record, IMAGE_KIND_session, BELONGS_TIMER))
		state_of(pieces)->period = 1;
}

static void id_shared(struct image_record *record, struct image_piece *pieces)
{
	const uint32_t from = id_of(BELONGS_IO_MEM), to = id_of(BELONGS_MEMORY);
	struct image_capability *cap = (struct image_capability *)record;

	(void)pieces;
	if (record->kind == IMAGE_KIND_session && record->id == from)
		record->id = to;
	if (record->kind == IMAGE_KIND_capability && cap->object.kind == IMAGE_KIND_session && cap->object.id == from)
		cap->object.id = to;
}

static const struct {
	rtcr_change *change;
	const char *words;
} forgeries[] = {
	{size_other, "IO_MEM of device program: here its registers have another size"},
	{registers_none, "IO_MEM of device program: the image has no registers of it"},
	{registers_renamed, "IO_MEM of device program: the image has no registers of it"},
	{line_none, "IRQ of device program: the image has no line of it"},
	{line_missing, "IRQ of device program: the image has no line of it"},
	{line_left, "belong to no session"},
	{registers_left, "belong to no session"},
	{sessions_two, "IO_MEM of device program: the image has two sessions of it"},
	{registers_shared, "IO_MEM of device index: the image has no registers of it"},
	{line_shared, "in the image another device has what is its own"},
	{signal_none, "a session tells what is no signal"},
	{line_other, "IRQ of device program: here that is " SERVED_DEVICE ", not " ANOTHER},
	{registers_other, "IO_MEM of device program: here that is " SERVED_DEVICE ", not " ANOTHER},
	{device_unsaid, "IRQ of device program: here that is " SERVED_DEVICE ", not "},
	{buffer_none, "a terminal has no buffer"},
	{period_short, "too short a period"},
	{id_shared, "the same id"},
};

/* What is wrong is said, and the target that runs has not noticed. */
static void forgery_check(uint32_t n)
{
	const struct pd *before = rtcr_domain();

	rtcr_forge_by(forgeries[n].change);
	rtcr_checkpoint();
	rtcr_forge_end();
	FUZZ_CHECK(!target.sentence[0], target.sentence);
	const uint32_t services = services_count();
	err_t err = target_restore(0);
	FUZZ_CHECK(err == ERR_UNSUPPORTED, "a forged image was taken");
	FUZZ_CHECK(strstr(target.sentence, forgeries[n].words), target.sentence);
	FUZZ_CHECK(target.exists && rtcr_domain() == before, "a forged image cost the target that runs");
	FUZZ_CHECK(services_count() == services, "something was made for a forged image");
	target.sentence[0] = 0;
	rtcr_check(true);
}

static const struct session *session_of(enum belonging slot)
{
	return &((const struct session_entry *)rtcr_entry(rtcr_domain(), slot))->real;
}

/* The own device is not let go in between; one that somebody else has is missed. */
static void taken_check(void)
{
	struct session other;

	rtcr_checkpoint();
	const uint32_t irq = session_of(BELONGS_IRQ)->id, io_mem = session_of(BELONGS_IO_MEM)->id;
	FUZZ_CHECK(target_restore(0) == OK, target.sentence);
	FUZZ_CHECK(session_of(BELONGS_IRQ)->id == irq && session_of(BELONGS_IO_MEM)->id == io_mem, "its devices were let go");
	rtcr_check(true);
	target_destroy();
	FUZZ_CHECK(session_open("IRQ", "program", 0, &other) == OK, "a device that is free");
	uint64_t before = clock_now();
	FUZZ_CHECK(target_restore(0) == ERR_UNSUPPORTED && strstr(target.sentence, "IRQ of device program: "), target.sentence);
	FUZZ_CHECK(clock_now() - before >= 2000000000, "who has the device was not waited for");
	session_close(&other);
	target.sentence[0] = 0;
	FUZZ_CHECK(target_restore(0) == OK, target.sentence);
	rtcr_check(true);
}

/* When the target is told that its line is not bound, nothing of it is armed. */
static void bind_check(void)
{
	enum { IRQ = SLOT_FREE + 30, LINE };
	struct parent_session_open_request open = {.id = 30, .service = "IRQ", .label = "index"};
	const struct irq_bind_request armed = {0, 0};
	const struct session_entry *session;
	const struct interrupt *line;
	uint32_t failures = 0;

	FUZZ_CHECK(rtcr_request(SLOT_PARENT, parent_op_session_open, &open, sizeof open, SLOT_PD, 0, IRQ) == OK, "a session");
	session = (const struct session_entry *)rtcr_entry(rtcr_domain(), IRQ);
	const struct served *served = served_of_slot(session->real.ep.slot, SERVED_IRQ);
	for (uint32_t count = 1;; count++) {
		heap_fail_after(count);
		err_t err = rtcr_request(IRQ, irq_op_bind, &armed, sizeof armed, BELONGS_SIGNAL, 0, LINE);
		heap_fail_after(0);
		line = (const struct interrupt *)served->object;
		if (err == OK)
			break;
		failures++;
		FUZZ_CHECK(!session->line && (!line || line->masked), "a line that nobody knows is armed");
		rtcr_check(true);
	}
	FUZZ_CHECK(failures && session->line && !line->masked && line->signal.object, "a line is not armed");
	rtcr_check(true);
}

void rtcr_devices_check(void)
{
	target.sentence[0] = 0;
	for (uint32_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++)
		forgery_check(i);
	taken_check();
	bind_check();
}
