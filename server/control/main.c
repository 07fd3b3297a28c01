/* SPDX-License-Identifier: MIT */
/*
 * The control server: what the command line asks of a node, over the socket that it was granted.
 *
 * Two threads, one lock: one waits for sockets, the other for the signals of LAUNCHER, CHECKPOINT and TERMINAL. Whatever
 * either sees to is done whole under the lock.
 */
#include <framework/env.h>

#include "server/control/connection.h"
#include "server/control/fate.h"
#include "server/control/instance.h"
#include "server/control/lock.h"
#include "server/control/record.h"
#include "server/control/request.h"

struct lock control_lock;

enum { SOCKET_THREAD = 1, SOCKET_STACK = 64 * 1024 };

static void sockets_serve(addr_t argument)
{
	(void)argument;
	for (;;)
		connections_step();
}

static err_t signals_serve(signal_t signal)
{
	uint32_t badges, count;

	for (;;) {
		lock_take(&control_lock);
		uint64_t deadline = instances_deadline();
		lock_give(&control_lock);
		err_t err = signal_wait(signal, deadline, &badges, &count);
		if (err != OK && err != ERR_TIMEOUT)
			return err;
		lock_take(&control_lock);
		if (err == OK)
			instances_signalled(badges);
		else
			instances_late();
		lock_give(&control_lock);
	}
}

int component_main(addr_t argument)
{
	signal_t signal;
	err_t err = signal_alloc(&signal);

	(void)argument;
	if (err == OK)
		err = lock_ready(&control_lock);
	if (err == OK)
		err = record_start();
	components_start(signal);
	requests_start();
	if (err == OK)
		err = instances_start(signal);
	if (err == OK)
		fates_load();
	if (err == OK)
		err = thread_spawn(SOCKET_THREAD, "sockets", SOCKET_STACK, sockets_serve, 0);
	if (err == OK)
		err = signals_serve(signal);
	log_line("cannot serve: %s", err_sentence(err));
	return 1;
}
