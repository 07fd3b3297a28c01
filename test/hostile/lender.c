/* SPDX-License-Identifier: MIT */
/*
 * Lends servers what is no memory: an endpoint of its own that nobody serves, a signal, a region map with holes. They refuse it
 * and wait for nobody. Then a true buffer, which it frees: before a call, and by a second thread while the server
 * copies. The server answers, whatever it saw there, and serves a true buffer afterwards.
 */
#include <framework/env.h>
#include <kernel/thread.h>
#include <rm/session.h>
#include <store/session.h>
#include <terminal/session.h>

#define LIMIT_NS 20000000000ull

enum { SMALL = 2 * PAGE_SIZE, LARGE = 256 * PAGE_SIZE, ROUNDS = 100 };

static struct session store, terminal;
static signal_t signal, due;
static ds_t buffer;
static uint32_t freed_in_call;
static volatile bool calling;

static err_t store_lend(slot_t slot, uint64_t *size)
{
	const struct store_buffer_request request = {};
	struct store_buffer_reply reply;
	err_t err = store_buffer(store.ep, &request, &slot, &reply, NULL);

	if (err == OK)
		*size = reply.size;
	return err;
}

static err_t terminal_lend(slot_t slot)
{
	const slot_t caps[2] = {slot, signal.slot};
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;

	return terminal_buffer(terminal.ep, &request, caps, &reply, NULL);
}

static err_t file_begin(void)
{
	const struct store_create_request request = {.key = {.kind = STORE_IMAGE, .generation = 1, .name = "lender"}};
	struct store_create_reply reply;

	return store_create(store.ep, &request, NULL, &reply, NULL);
}

static err_t append(uint64_t size)
{
	const struct store_append_request request = {0, size};
	struct store_append_reply reply;

	return store_append(store.ep, &request, NULL, &reply, NULL);
}

static err_t print(uint32_t length)
{
	const struct terminal_write_request request = {.length = length};
	struct terminal_write_reply reply;

	return terminal_write(terminal.ep, &request, NULL, &reply, NULL);
}

/* What is no memory. */
static bool others_refused(void)
{
	const struct rm_service_create_request create = {LARGE};
	struct rm_service_create_reply created;
	const struct rm_dataspace_request as_ds = {};
	struct rm_dataspace_reply ds_reply;
	struct session rm;
	slot_t map, map_ds;
	uint64_t size;
	ep_t ep;

	if (ep_alloc(&ep) != OK || slot_take(&map) != OK || slot_take(&map_ds) != OK ||
	    session_open("RM", "lender", LIMIT_NS, &rm) != OK ||
	    rm_service_create(rm.ep, &create, NULL, &created, &map) != OK ||
	    rm_dataspace((ep_t){map}, &as_ds, NULL, &ds_reply, &map_ds) != OK)
		return false;
	err_t by_ep = store_lend(ep.slot, &size), by_signal = store_lend(signal.slot, &size);
	err_t by_map = store_lend(map_ds, &size), to_terminal = terminal_lend(map_ds);
	log_line("an endpoint: %s; a signal: %s; a region map: %s, %s", err_sentence(by_ep), err_sentence(by_signal),
	         err_sentence(by_map), err_sentence(to_terminal));
	return by_ep != OK && by_signal != OK && by_map == ERR_UNSUPPORTED && to_terminal == ERR_UNSUPPORTED;
}

static bool lend_new(uint64_t size)
{
	uint64_t lent;
	void *address;

	return buffer_take(size, 0, &buffer, &address) == OK && store_lend(buffer.slot, &lent) == OK && lent == size &&
	       terminal_lend(buffer.slot) == OK;
}

/* Answered, by a server that is the same as before: its session is there. */
static bool answered(const char *what, err_t err)
{
	if (err == OK || err == ERR_IO)
		return true;
	log_line("%s: %s", what, err_sentence(err));
	return false;
}

static bool freed_before(void)
{
	if (!lend_new(LARGE) || file_begin() != OK)
		return false;
	ds_free(buffer);
	return answered("append", append(LARGE)) && answered("print", print(SMALL));
}

static _Noreturn void freeing(addr_t argument)
{
	uint32_t badges, count;

	(void)argument;
	for (uint32_t round = 0;; round++) {
		while (signal_wait(due, DEADLINE_NEVER, &badges, &count) != OK)
			;
		uint64_t until = clock_now() + round % 20 * 20000;
		while (clock_now() < until)
			thread_yield();
		freed_in_call += calling;
		ds_free(buffer);
		err_t ignored = signal_submit(signal);
		(void)ignored;
	}
}

static bool freed_meanwhile(void)
{
	uint32_t badges, count;

	for (int round = 0; round < ROUNDS; round++) {
		if (!lend_new(LARGE) || file_begin() != OK || signal_submit(due) != OK)
			return false;
		calling = true;
		for (int i = 0; i < 8; i++)
			if (!answered("append", append(LARGE)) && !answered("print", print(LARGE / 16)))
				return false;
		calling = false;
		if (signal_wait(signal, clock_now() + LIMIT_NS, &badges, &count) != OK)
			return false;
	}
	return true;
}

int component_main(addr_t argument)
{
	(void)argument;
	if (signal_alloc(&signal) != OK || signal_alloc(&due) != OK ||
	    session_open("STORE", "lender", LIMIT_NS, &store) != OK ||
	    session_open("TERMINAL", "lender", LIMIT_NS, &terminal) != OK ||
	    thread_spawn(1, "freeing", 4 * PAGE_SIZE, freeing, 0) != OK)
		return 1;
	bool refused = others_refused(), before = freed_before(), meanwhile = freed_meanwhile();
	bool served = lend_new(SMALL) && file_begin() == OK && append(SMALL) == OK && print(SMALL) == OK;
	log_line("refused %u; freed before %u, meanwhile %u (%u in a call); served afterwards %u", refused, before, meanwhile,
	         freed_in_call, served);
	return !refused || !before || !meanwhile || !served || !freed_in_call;
}
