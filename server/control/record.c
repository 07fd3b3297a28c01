/* SPDX-License-Identifier: MIT */
/* Input and output at the TERMINAL, see record.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <terminal/session.h>

#include "server/control/record.h"

#define TERMINAL_WAIT_NS 2000000000ull

static struct {
	ds_t ds;
	void *bytes;
} buffer;

err_t record_start(void)
{
	return buffer_take(CONTROL_PART, 0, &buffer.ds, &buffer.bytes);
}

void record_close(struct component *component)
{
	if (component->terminal.id)
		session_close(&component->terminal);
}

static err_t record_open(struct component *component)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	const slot_t caps[2] = {buffer.ds.slot, component->terminal_signal};

	if (component->terminal.id)
		return OK;
	err_t err = session_open("TERMINAL", component->name, TERMINAL_WAIT_NS, &component->terminal);
	if (err == OK)
		err = terminal_buffer(component->terminal.ep, &request, caps, &reply, NULL);
	if (err != OK)
		record_close(component);
	return err;
}

/* A session whose server died is opened again at the next use. */
static err_t record_result(struct component *component, err_t err)
{
	if (err == ERR_GONE || err == ERR_CAPABILITY)
		record_close(component);
	return err == ERR_CAPABILITY ? ERR_GONE : err;
}

err_t record_fresh(struct component *component)
{
	const struct terminal_cut_request request = {.output = 0, .fresh = 1};
	struct terminal_cut_reply reply;
	err_t err = ERR_GONE;

	for (int tries = 0; tries < 2 && err == ERR_GONE; tries++) {
		err = record_open(component);
		if (err == OK)
			err = record_result(component, terminal_cut(component->terminal.ep, &request, NULL, &reply, NULL));
	}
	return err;
}

err_t record_feed(struct component *component, const void *bytes, uint32_t size, bool ended)
{
	const struct terminal_feed_request request = {0, size, ended};
	struct terminal_feed_reply reply;
	err_t err = size <= CONTROL_PART ? record_open(component) : ERR_RANGE;

	if (err != OK)
		return err;
	memcpy(buffer.bytes, bytes, size);
	return record_result(component, terminal_feed(component->terminal.ep, &request, NULL, &reply, NULL));
}

err_t record_read(struct component *component, uint64_t offset, const void **bytes, uint32_t *count)
{
	const struct terminal_record_request request = {.offset = offset, .start = 0, .length = CONTROL_PART};
	struct terminal_record_reply reply;
	err_t err = ERR_GONE;

	for (int tries = 0; tries < 2 && err == ERR_GONE; tries++) {
		err = record_open(component);
		if (err == OK)
			err = record_result(component, terminal_record(component->terminal.ep, &request, NULL, &reply, NULL));
	}
	if (err != OK)
		return err;
	if (reply.lost)
		component->output_lost = reply.lost;
	*bytes = buffer.bytes;
	*count = reply.count <= CONTROL_PART ? reply.count : CONTROL_PART;
	return OK;
}

err_t record_lost_ask(struct component *component)
{
	const struct terminal_info_request request = {};
	struct terminal_info_reply reply;
	err_t err = record_open(component);

	if (err == OK)
		err = record_result(component, terminal_info(component->terminal.ep, &request, NULL, &reply, NULL));
	if (err == OK && reply.lost)
		component->output_lost = reply.lost;
	return err;
}

err_t record_fate_keep(struct component *component, const void *bytes, uint32_t size)
{
	const struct terminal_fate_request request = {0, size, 0};
	struct terminal_fate_reply reply;
	err_t err = ERR_GONE;

	for (int tries = 0; tries < 2 && err == ERR_GONE; tries++) {
		err = record_open(component);
		memcpy(buffer.bytes, bytes, size);
		if (err == OK)
			err = record_result(component, terminal_fate(component->terminal.ep, &request, NULL, &reply, NULL));
	}
	return err;
}

err_t record_next(const char *after, char name[CONTROL_NAME], const void **fate, uint32_t *size)
{
	/* Any session will do; nobody waits for its news. */
	static struct component own = {.name = "control"};
	struct terminal_next_request request = {.start = 0};
	struct terminal_next_reply reply;
	signal_t unheard = {own.terminal_signal};
	err_t err = unheard.slot ? OK : signal_alloc(&unheard);

	own.terminal_signal = unheard.slot;
	if (err == OK)
		err = record_open(&own);
	text_copy(request.after, sizeof request.after, after);
	if (err == OK)
		err = terminal_next(own.terminal.ep, &request, NULL, &reply, NULL);
	if (err == OK && (!string_ends(reply.name, sizeof reply.name) || strcmp(reply.name, after) <= 0))
		err = ERR_CORRUPT;
	if (err != OK) {
		record_close(&own);
		return err;
	}
	text_copy(name, CONTROL_NAME, reply.name);
	*fate = buffer.bytes;
	*size = reply.length <= TERMINAL_FATE ? reply.length : 0;
	return OK;
}
