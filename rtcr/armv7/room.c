/* SPDX-License-Identifier: MIT */
/* Of the 432 MiB in which regions can lie; the rest is for records, images and windows of the store. */
#include "rtcr/view.h"

const uint64_t view_room = 256 << 20;
