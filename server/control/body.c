/* SPDX-License-Identifier: MIT */
/* Room that grows by fours, counted down from the whole so that the last step needs little: see body.h. */
#include <framework/heap.h>
#include <framework/memory.h>
#include <rm/session.h>

#include "server/control/body.h"

enum { STEP = 4, POPULATE_MOST = 16 << 20 };

/* Bytes that fit nowhere yet. Only the thread that polls reads any. */
static uint8_t arrival[16384];

void body_begin(struct body *body, uint64_t size, bool shared)
{
	*body = (struct body){.size = size, .shared = shared};
}

uint64_t body_place(const struct body *body, uint8_t **to)
{
	uint64_t rest = body->size - body->came;

	if (body->came < body->room) {
		*to = body->bytes + body->came;
		return body->room - body->came;
	}
	*to = arrival;
	return rest < sizeof arrival ? rest : sizeof arrival;
}

static uint64_t room_for(uint64_t size, uint64_t needed)
{
	uint64_t room = size;

	while (room / STEP >= needed && room > BODY_LEAST)
		room /= STEP;
	return room;
}

static void room_leave(struct body *body)
{
	if (body->shared && body->bytes)
		ds_detach(body->bytes, body->room);
	else
		heap_free(body->bytes);
	body->bytes = NULL;
	body->room = 0;
	if (cap_valid(body->ds))
		ds_free(body->ds);
	body->ds = (ds_t){0};
}

static err_t room_take(struct body *body, uint64_t room)
{
	uint32_t flags = room <= POPULATE_MOST ? RM_POPULATE : 0;
	void *bytes;

	body->bytes = NULL;
	body->ds = (ds_t){0};
	if (!body->shared) {
		body->bytes = heap_alloc(room);
		body->room = room;
		return body->bytes ? OK : ERR_MEMORY_QUOTA;
	}
	err_t err = buffer_take(room, flags, &body->ds, &bytes);
	if (err != OK)
		return err;
	body->bytes = bytes;
	body->room = room;
	return OK;
}

static err_t room_grow(struct body *body, uint64_t needed)
{
	struct body before = *body;
	err_t err = room_take(body, room_for(body->size, needed));

	if (err != OK)
		body->room = 0;
	else if (before.came)
		memcpy(body->bytes, before.bytes, before.came);
	room_leave(&before);
	return err;
}

void body_came(struct body *body, uint64_t count)
{
	if (body->came == body->room && body->refused == OK) {
		body->refused = room_grow(body, body->came + count);
		if (body->refused == OK)
			memcpy(body->bytes + body->came, arrival, count);
	}
	body->came += count;
}

ds_t body_take(struct body *body)
{
	ds_t ds = body->ds;

	if (body->bytes)
		ds_detach(body->bytes, body->room);
	body->bytes = NULL;
	body->room = 0;
	body->ds = (ds_t){0};
	return ds;
}

void body_drop(struct body *body)
{
	room_leave(body);
	*body = (struct body){0};
}
