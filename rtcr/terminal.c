/* SPDX-License-Identifier: MIT */
/*
 * TERMINAL sessions whose server died. The next server knows only the files, so it is told again: how far output was
 * acknowledged (what lies behind that is cut off, since its writer will write it again), buffer and signal.
 */
#include <framework/memory.h>
#include <terminal/session.h>

#include "rtcr/target.h"

#define TERMINAL_WAIT_NS 2000000000ull

static bool server_died(err_t err)
{
	return err == ERR_GONE || err == ERR_CAPABILITY;
}

static err_t record_cut(ep_t terminal, uint64_t generation, uint64_t newest)
{
	const struct terminal_cut_request request = {.output = target.output, .generation = generation, .newest = newest};
	struct terminal_cut_reply reply;
	err_t err = terminal_cut(terminal, &request, NULL, &reply, NULL);

	if (err != ERR_RANGE)
		return err;
	log_line("the terminal has lost output");
	return OK;
}

err_t terminals_cut(uint64_t generation, uint64_t newest)
{
	struct session session;
	err_t err = session_open("TERMINAL", target.name, TERMINAL_WAIT_NS, &session);

	if (err == ERR_NOT_FOUND)
		return OK;   /* on a node without terminals */
	if (err != OK)
		return err;
	err = record_cut(session.ep, generation, newest);
	session_close(&session);
	return err;
}

/* Its target may wait for news that came in between. */
static err_t buffer_lend(struct session_entry *session)
{
	const struct entry *buffer = registry_find(session->buffer);
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;

	if (!session->signal_slot || !buffer || buffer->kind != ENTRY_DATASPACE)
		return OK;
	const slot_t caps[2] = {((const struct dataspace_entry *)buffer)->real.slot, session->signal_slot};
	err_t err = terminal_buffer(session->real.ep, &request, caps, &reply, NULL);
	return err == OK ? signal_submit((signal_t){session->signal_slot}) : err;
}

bool terminal_renew(struct session_entry *session, err_t err)
{
	if (!server_died(err))
		return false;
	if (session->real.id)
		session_close(&session->real);
	err = session_open("TERMINAL", target.name, TERMINAL_WAIT_NS, &session->real);
	if (err == OK)
		err = record_cut(session->real.ep, 0, 0);
	if (err == OK)
		err = buffer_lend(session);
	log_line("the terminal died; %s", err == OK ? "it is open again" : err_sentence(err));
	return err == OK;
}

void terminals_look(void)
{
	const struct terminal_info_request request = {};
	struct terminal_info_reply reply;

	for (struct entry *entry = target.exists ? registry.first : NULL; entry; entry = entry->next) {
		struct session_entry *session = (struct session_entry *)entry;
		if (entry->kind != ENTRY_SESSION || session->service != SERVICE_TERMINAL)
			continue;
		bool renewed = terminal_renew(session, terminal_info(session->real.ep, &request, NULL, &reply, NULL));
		(void)renewed;
	}
}
