/* SPDX-License-Identifier: MIT */
/*
 * The Gigabit Ethernet MAC of the Zynq-7000 (Cadence GEM; UG585, chapter 16 and appendix B.18). It masters the bus: what it
 * reads and writes are the rings and frames in one piece of memory that was made for it.
 *
 *      ring of GEM_FRAMES descriptors each for what comes and what goes | a place of GEM_PLACE bytes for each of them
 *
 * Clocks, pins and the PHY are as the boot loader left them.
 */
#ifndef DRIVER_GEM_GEM_H
#define DRIVER_GEM_GEM_H

#include "driver/device.h"

enum { GEM_FRAMES = 64, GEM_PLACE = 1536 };

struct gem_descriptor {
	volatile uint32_t address, status;
};

struct gem {
	struct device device;
	struct gem_descriptor *receive, *send;
	uint8_t *receive_places, *send_places;
	uint32_t receive_next, send_next;
	uint8_t address[6];           /* of the card */
};

/* Stop what runs, and start. The device was opened. */
err_t gem_start(struct gem *gem) MUST_CHECK;

/* ERR_BUSY: as many as there is room for wait to be sent. */
err_t gem_send(struct gem *gem, const void *frame, uint32_t length) MUST_CHECK;

/* An interrupt came: hand each frame that came to `take`. Acknowledges. */
void gem_interrupt(struct gem *gem, void (*take)(const uint8_t *frame, uint32_t length));

#endif
