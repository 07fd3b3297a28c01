/* SPDX-License-Identifier: MIT */
/*
 * The addresses of foreign programs, of which this component has none: 1 GiB. And of the 432 MiB in which core finds room
 * what records, images and the store's window leave.
 */
#include <kernel/machine.h>

#include "rtcr/view.h"

const struct view_places view_places = {0x10000000, FOREIGN_HIGH, 128 << 20};
