/* SPDX-License-Identifier: MIT */
/* The target's memory as the RTCR sees it, see view.h. */
#include <framework/layout.h>
#include <rm/session.h>

#include "rtcr/view.h"

enum { WINDOW_SIZE = 4 << 20, PLACED_LEAST = 1 << 20, FEW = 8, RIGHTS = RIGHT_READ | RIGHT_WRITE };

static uint64_t kept;              /* bytes that are attached whole where core found room */
static struct view *placed;        /* in view_places, by address */
static struct {
	slot_t ds;                     /* 0: shows nothing */
	uint64_t offset, size;
} windows[WINDOWS];

static uint8_t *window_bytes(enum window window)
{
	return (uint8_t *)OWN_WINDOWS + (uint64_t)window * WINDOW_SIZE;
}

static err_t attach_at(const struct view *view, const uint8_t *at, uint64_t offset, uint64_t size, uint32_t flags)
{
	const struct rm_attach_request request = {(addr_t)at, offset, size, RIGHTS, flags};
	struct rm_attach_reply reply;

	return rm_attach((ep_t){SLOT_ADDRESS_SPACE}, &request, &view->ds.slot, &reply, NULL);
}

/* The first gap in view_places that is large enough, and behind which it is; NULL: there is none. */
static struct view **place_find(uint64_t size, uint64_t *address)
{
	struct view **link = &placed;
	uint64_t at = view_places.low;

	for (; *link && (addr_t)(*link)->bytes - at < size; link = &(*link)->next)
		at = (addr_t)(*link)->bytes + (*link)->size;
	*address = at;
	return *link || size <= view_places.high - at ? link : NULL;
}

static err_t place_attach(struct view *view, struct view **link, uint64_t address, uint32_t flags)
{
	uint8_t *bytes = (uint8_t *)(addr_t)address;
	err_t err = attach_at(view, bytes, 0, view->size, flags);

	if (err != OK)
		return err;
	view->bytes = bytes;
	view->next = *link;
	*link = view;
	return OK;
}

err_t view_attach(struct view *view, bool populate)
{
	const uint32_t flags = populate ? RM_POPULATE : 0;
	uint64_t at;
	void *address;

	if (view->bytes)
		return OK;
	struct view **link = view->size < PLACED_LEAST ? NULL : place_find(view->size, &at);
	if (link)
		return place_attach(view, link, at, flags);
	err_t err = ds_attach(view->ds, 0, 0, RIGHTS, flags, &address);
	if (err != OK)
		return err;
	view->bytes = address;
	kept += view->size;
	return OK;
}

/* ERR_RANGE is what finding no room is. */
err_t view_keep(struct view *view)
{
	uint64_t at, room = kept < view_places.room ? view_places.room - kept : 0;

	if (view->size > room && (view->size < PLACED_LEAST || !place_find(view->size, &at)))
		return OK;
	err_t err = view_attach(view, false);
	return err == ERR_RANGE ? OK : err;
}

void view_drop(struct view *view)
{
	for (uint32_t i = 0; i < WINDOWS; i++)
		if (windows[i].ds && windows[i].ds == view->ds.slot) {
			ds_detach(window_bytes(i), windows[i].size);
			windows[i].ds = 0;
		}
	if (!view->bytes)
		return;
	ds_detach(view->bytes, view->size);
	struct view **link = &placed;
	while (*link && *link != view)
		link = &(*link)->next;
	if (*link)
		*link = view->next;
	else
		kept -= view->size;
	view->bytes = NULL;
}

err_t window_show(enum window window, const struct view *view, uint64_t offset, uint64_t *size, uint8_t **bytes)
{
	uint64_t shown = windows[window].ds == view->ds.slot ? offset - windows[window].offset : UINT64_MAX;

	if (shown >= windows[window].size) {
		uint64_t part = *size < WINDOW_SIZE ? *size : WINDOW_SIZE;
		windows[window].ds = 0;
		err_t err = attach_at(view, window_bytes(window), offset, part, RM_POPULATE);
		if (err != OK)
			return err;
		windows[window].ds = view->ds.slot;
		windows[window].offset = offset;
		windows[window].size = part;
		shown = 0;
	}
	if (*size > windows[window].size - shown)
		*size = windows[window].size - shown;
	*bytes = window_bytes(window) + shown;
	return OK;
}

/* Few pages are not worth a mapping of their own: they come when they are touched. */
err_t view_populate(const struct view *view, uint64_t offset, uint64_t size)
{
	return size <= FEW * PAGE_SIZE ? OK : attach_at(view, view->bytes + offset, offset, size, RM_POPULATE);
}
