/* SPDX-License-Identifier: MIT */
/* How a component ended, as an exit status; said on standard error where it was not by itself. */
#ifndef CLI_ENDING_H
#define CLI_ENDING_H

struct control_component;

int ending_status(const struct control_component *component);

#endif
