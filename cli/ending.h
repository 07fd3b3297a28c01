/* SPDX-License-Identifier: MIT */
/* How a component ended, as an exit status; said on standard error where it was not by itself. */
#ifndef CLI_ENDING_H
#define CLI_ENDING_H

#include <stdbool.h>
#include <stdint.h>

struct control_component;

/* Nothing runs in this state (enum control_state). */
bool ending_reached(uint32_t state);

int ending_status(const struct control_component *component);

/* `whole` if all that it wrote is in its record; else that is said, and `lost`. */
int ending_output(const struct control_component *component, int whole, int lost);

#endif
