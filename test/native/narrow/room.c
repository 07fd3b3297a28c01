/* SPDX-License-Identifier: MIT */
/* A checkpointer with so few addresses that it sees most of a large target through windows. */
#include "rtcr/view.h"

const uint64_t view_room = 64 << 20;
