/* SPDX-License-Identifier: MIT */
/* The target's memory as the RTCR sees it, see view.h. */
#include <framework/layout.h>
#include <rm/session.h>

#include "rtcr/view.h"

enum { WINDOW_SIZE = 4 << 20, FEW = 8, RIGHTS = RIGHT_READ | RIGHT_WRITE };

static uint64_t kept;              /* bytes that are attached whole */
static struct {
	slot_t ds;                     /* 0: shows nothing */
	uint64_t offset, size;
} windows[WINDOWS];

static uint8_t *window_bytes(enum window window)
{
	return (uint8_t *)OWN_WINDOWS + (uint64_t)window * WINDOW_SIZE;
}

static err_t attach_at(const struct view *view, const uint8_t *at, uint64_t offset, uint64_t size)
{
	const struct rm_attach_request request = {(addr_t)at, offset, size, RIGHTS, RM_POPULATE};
	struct rm_attach_reply reply;

	return rm_attach((ep_t){SLOT_ADDRESS_SPACE}, &request, &view->ds.slot, &reply, NULL);
}

err_t view_attach(struct view *view, bool populate)
{
	void *address;

	if (view->bytes)
		return OK;
	err_t err = ds_attach(view->ds, 0, 0, RIGHTS, populate ? RM_POPULATE : 0, &address);
	if (err != OK)
		return err;
	view->bytes = address;
	kept += view->size;
	return OK;
}

/* ERR_RANGE is what finding no room is. */
err_t view_keep(struct view *view)
{
	if (view->bytes || kept >= view_room || view->size > view_room - kept)
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
	view->bytes = NULL;
	kept -= view->size;
}

err_t window_show(enum window window, const struct view *view, uint64_t offset, uint64_t *size, uint8_t **bytes)
{
	uint64_t shown = windows[window].ds == view->ds.slot ? offset - windows[window].offset : UINT64_MAX;

	if (shown >= windows[window].size) {
		uint64_t part = *size < WINDOW_SIZE ? *size : WINDOW_SIZE;
		windows[window].ds = 0;
		err_t err = attach_at(view, window_bytes(window), offset, part);
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
	return size <= FEW * PAGE_SIZE ? OK : attach_at(view, view->bytes + offset, offset, size);
}
