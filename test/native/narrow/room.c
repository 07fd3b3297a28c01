/* SPDX-License-Identifier: MIT */
/* A checkpointer with so few addresses that it sees most of a large target through windows. */
#include "rtcr/view.h"

const struct view_places view_places = {0, 0, 64 << 20};
