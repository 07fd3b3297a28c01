/* SPDX-License-Identifier: MIT */
/*
 * Lends a server what is no dataspace: an endpoint of its own that nobody serves, and a signal. The server refuses both,
 * waits for nobody, and takes a true buffer afterwards.
 */
#include <framework/env.h>
#include <store/session.h>

#define LIMIT_NS 20000000000ull

static err_t lend(const struct session *session, slot_t slot, uint64_t *size)
{
	const struct store_buffer_request request = {};
	struct store_buffer_reply reply;
	err_t err = store_buffer(session->ep, &request, &slot, &reply, NULL);

	if (err == OK)
		*size = reply.size;
	return err;
}

int component_main(addr_t argument)
{
	struct session session;
	signal_t signal;
	uint64_t size = 0;
	void *address;
	ds_t buffer;
	ep_t ep;

	(void)argument;
	if (ep_alloc(&ep) != OK || signal_alloc(&signal) != OK || buffer_take(2 * PAGE_SIZE, 0, &buffer, &address) != OK ||
	    session_open("STORE", "lender", LIMIT_NS, &session) != OK)
		return 1;
	err_t by_ep = lend(&session, ep.slot, &size), by_signal = lend(&session, signal.slot, &size);
	err_t true_one = lend(&session, buffer.slot, &size);
	log_line("lender: an endpoint: %s; a signal: %s; a buffer: %s", err_sentence(by_ep), err_sentence(by_signal),
	         err_sentence(true_one));
	return by_ep == OK || by_signal == OK || true_one != OK || size != 2 * PAGE_SIZE;
}
