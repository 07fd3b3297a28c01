/* SPDX-License-Identifier: MIT */
/*
 * lwIP over a session of NIC (wire.h), with an address by DHCP. Everything of lwIP is called with the lock of wire.h held,
 * by whatever thread; one thread gives it frames and time by stack_step.
 */
#ifndef SERVER_NET_STACK_H
#define SERVER_NET_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* Once; it does not wait for an address. */
bool stack_start(void);

bool stack_has_address(void);

/* Take the frames that came, and do what is due; when to come back at the latest, in ms. */
uint32_t stack_step(void);

#endif
