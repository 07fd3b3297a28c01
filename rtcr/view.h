/* SPDX-License-Identifier: MIT */
/*
 * How the RTCR sees the target's memory and the copies of it. What there are addresses for stays attached whole; of the rest
 * a window shows one part at a time. So a target may be larger than a 32-bit machine has addresses for, and where there are
 * enough a view is a pointer.
 */
#ifndef RTCR_VIEW_H
#define RTCR_VIEW_H

#include <framework/env.h>

struct view {
	ds_t ds;
	uint64_t size;
	uint8_t *bytes;               /* NULL: not attached whole */
	struct view *next;            /* of those that lie in view_places, by address */
};

/* One part each at a time; whoever works at the same time has windows of his own. */
enum window { WINDOW_SOURCE, WINDOW_COPY, WINDOW_WRITER, WINDOWS };

/*
 * Which addresses there are (rtcr/ARCH/room.c): a range that nobody else uses, for large ones, and so many bytes where core
 * finds room.
 */
struct view_places {
	uint64_t low, high;
	uint64_t room;
};
extern const struct view_places view_places;

/* Attach it whole, each page with memory now or when it is touched; or only if there is room. */
err_t view_attach(struct view *view, bool populate) MUST_CHECK;
err_t view_keep(struct view *view) MUST_CHECK;

/* It is not attached any more, neither whole nor in a window. Before its dataspace goes. */
void view_drop(struct view *view);

/* Where a window shows `offset`; `size`, at least a page, is lowered to what it shows from there. Pages get memory. */
err_t window_show(enum window window, const struct view *view, uint64_t offset, uint64_t *size, uint8_t **bytes) MUST_CHECK;

/* The same, or all that was asked for where it is attached whole; pages that are not populated then come when touched. */
static inline MUST_CHECK err_t view_show(enum window window, const struct view *view, uint64_t offset, uint64_t *size,
                                         uint8_t **bytes)
{
	if (!view->bytes)
		return window_show(window, view, offset, size, bytes);
	*bytes = view->bytes + offset;
	return OK;
}

/* Give bytes [offset, offset + size) of one that is attached whole their pages, if that is worth a call. */
err_t view_populate(const struct view *view, uint64_t offset, uint64_t size) MUST_CHECK;

#endif
