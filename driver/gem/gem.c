/* SPDX-License-Identifier: MIT */
/* Registers and descriptors of the MAC: see gem.h. Descriptors are those of UG585, tables 16-2 and 16-3. */
#include <framework/memory.h>

#include "driver/gem/gem.h"

enum {
	CONTROL = 0x00, CONFIG = 0x04, DMA = 0x10, SEND_STATUS = 0x14, RECEIVE_RING = 0x18, SEND_RING = 0x1c, RECEIVE_STATUS = 0x20,
	PENDING = 0x24, ENABLE = 0x28, DISABLE = 0x2c, ADDRESS_LOW = 0x88, ADDRESS_HIGH = 0x8c
};
enum { CONTROL_RECEIVE = 1 << 2, CONTROL_SEND = 1 << 3, CONTROL_START = 1 << 9 };
enum { CONFIG_100 = 1 << 0, CONFIG_DUPLEX = 1 << 1, CONFIG_ALL_FRAMES = 1 << 4, CONFIG_1536 = 1 << 8,
       CONFIG_NO_CHECKSUM = 1 << 17, CONFIG_MDC_48 = 3 << 18 };
enum { DMA_BURST_16 = 0x10, DMA_RECEIVE_MOST = 3 << 8, DMA_SEND_MOST = 1 << 10, DMA_PLACE_SHIFT = 16 };
enum { ARRIVED = 1 << 1, NO_PLACE = 1 << 2, OVERRUN = 1 << 10, EVENTS = ARRIVED | NO_PLACE | OVERRUN };
enum { ALL = 0x7ffffff };
enum { RECEIVE_TAKEN = 1 << 0, RECEIVE_WRAP = 1 << 1, RECEIVE_LENGTH = 0x1fff, RECEIVE_WHOLE = 3 << 14 };
enum { SEND_LAST = 1 << 15, SEND_WRAP = 1 << 30 };
#define SEND_DONE 0x80000000u

static void rings_fill(struct gem *gem, uint32_t receive_bus, uint32_t send_bus)
{
	for (uint32_t i = 0; i < GEM_FRAMES; i++) {
		bool last = i == GEM_FRAMES - 1;
		gem->receive[i].status = 0;
		gem->receive[i].address = (receive_bus + i * GEM_PLACE) | (last ? RECEIVE_WRAP : 0);
		gem->send[i].address = send_bus + i * GEM_PLACE;
		gem->send[i].status = SEND_DONE | (last ? SEND_WRAP : 0);
	}
	gem->receive_next = gem->send_next = 0;
}

/* Locally administered, where the board has given none. */
static void address_find(struct gem *gem)
{
	static const uint8_t own[6] = {0x02, 'R', 'T', 'C', 'R', 0};
	uint32_t low = *device_word(&gem->device, ADDRESS_LOW), high = *device_word(&gem->device, ADDRESS_HIGH);

	for (uint32_t i = 0; i < 6; i++)
		gem->address[i] = (uint8_t)(i < 4 ? low >> 8 * i : high >> 8 * (i - 4));
	if (!low && !(high & 0xffff))
		memcpy(gem->address, own, sizeof own);
}

err_t gem_start(struct gem *gem)
{
	uint32_t ring = GEM_FRAMES * sizeof(struct gem_descriptor), places = GEM_FRAMES * GEM_PLACE, bus;
	void *memory;

	*device_word(&gem->device, CONTROL) = 0;
	*device_word(&gem->device, DISABLE) = ALL;
	err_t err = device_memory(&gem->device, 2 * ring + 2 * places, &memory, &bus);
	if (err != OK)
		return err;
	gem->receive = memory;
	gem->send = gem->receive + GEM_FRAMES;
	gem->receive_places = (uint8_t *)memory + 2 * ring;
	gem->send_places = gem->receive_places + places;
	address_find(gem);
	rings_fill(gem, bus + 2 * ring, bus + 2 * ring + places);
	device_barrier();
	*device_word(&gem->device, SEND_STATUS) = ALL;
	*device_word(&gem->device, RECEIVE_STATUS) = ALL;
	*device_word(&gem->device, PENDING) = ALL;
	*device_word(&gem->device, CONFIG) = CONFIG_100 | CONFIG_DUPLEX | CONFIG_ALL_FRAMES | CONFIG_1536 | CONFIG_NO_CHECKSUM |
	                                     CONFIG_MDC_48;
	*device_word(&gem->device, DMA) = DMA_BURST_16 | DMA_RECEIVE_MOST | DMA_SEND_MOST | GEM_PLACE / 64 << DMA_PLACE_SHIFT;
	*device_word(&gem->device, RECEIVE_RING) = bus;
	*device_word(&gem->device, SEND_RING) = bus + ring;
	*device_word(&gem->device, ENABLE) = EVENTS;
	*device_word(&gem->device, CONTROL) = CONTROL_RECEIVE | CONTROL_SEND;
	return OK;
}

err_t gem_send(struct gem *gem, const void *frame, uint32_t length)
{
	uint32_t at = gem->send_next;

	if (!(gem->send[at].status & SEND_DONE))
		return ERR_BUSY;
	memcpy(gem->send_places + at * GEM_PLACE, frame, length);
	device_barrier();
	gem->send[at].status = length | SEND_LAST | (at == GEM_FRAMES - 1 ? SEND_WRAP : 0);
	device_barrier();
	gem->send_next = (at + 1) % GEM_FRAMES;
	*device_word(&gem->device, CONTROL) = CONTROL_RECEIVE | CONTROL_SEND | CONTROL_START;
	return OK;
}

/* What does not fit into one place, and what a lying device says does, is dropped. */
void gem_interrupt(struct gem *gem, void (*take)(const uint8_t *frame, uint32_t length))
{
	*device_word(&gem->device, PENDING) = *device_word(&gem->device, PENDING);
	*device_word(&gem->device, RECEIVE_STATUS) = ALL;
	for (uint32_t i = 0; i < GEM_FRAMES; i++) {
		struct gem_descriptor *descriptor = &gem->receive[gem->receive_next];
		if (!(descriptor->address & RECEIVE_TAKEN))
			break;
		device_barrier();
		uint32_t length = descriptor->status & RECEIVE_LENGTH;
		if ((descriptor->status & RECEIVE_WHOLE) == RECEIVE_WHOLE && length <= GEM_PLACE)
			take(gem->receive_places + gem->receive_next * GEM_PLACE, length);
		descriptor->status = 0;
		device_barrier();
		descriptor->address &= ~(uint32_t)RECEIVE_TAKEN;
		gem->receive_next = (gem->receive_next + 1) % GEM_FRAMES;
	}
	device_acknowledge(&gem->device);
}
