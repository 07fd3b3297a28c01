/* SPDX-License-Identifier: MIT */
/* There are more addresses than memory. */
#include "rtcr/view.h"

const uint64_t view_room = UINT64_MAX;
