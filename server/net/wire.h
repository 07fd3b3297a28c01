/* SPDX-License-Identifier: MIT */
/*
 * What lwIP stands on: a session of NIC, time, a lock, sleep. Its names and those of the framework clash (err_t), so this
 * header has neither, and no file includes both.
 */
#ifndef SERVER_NET_WIRE_H
#define SERVER_NET_WIRE_H

#include <stdbool.h>
#include <stdint.h>

enum { WIRE_FRAME = 1514, WIRE_ADDRESS = 6 };

/* Waits for the driver. False: there is none, which was said in the log. */
bool wire_start(uint8_t address[WIRE_ADDRESS]);

/* The next frame that came, until the next call; its length, 0: none. */
uint32_t wire_receive(const uint8_t **frame);

/* Where to put a frame, and sending it. False: lost. */
uint8_t *wire_place(void);
bool wire_send(uint32_t length);

uint32_t wire_now_ms(void);

/* Until a frame comes, wire_wake is called, or `ms` have passed. */
void wire_wait(uint32_t ms);
void wire_wake(void);

void wire_lock(void);
void wire_unlock(void);

/* A line for the log: a word, and the address of the interface. */
void wire_say_address(uint32_t address);

#endif
