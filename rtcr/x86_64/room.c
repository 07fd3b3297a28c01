/* SPDX-License-Identifier: MIT */
/* There are more addresses than memory. */
#include "rtcr/view.h"

const struct view_places view_places = {0, 0, UINT64_MAX};
