/* SPDX-License-Identifier: MIT */
/*
 * Records that are not current: when a checkpoint is restored that has younger ones, the record is kept under the number of
 * the youngest. A checkpoint's record is therefore the kept one with the least number that is not below its own, or the
 * current one if there is none.
 */
#ifndef SERVER_TERMINAL_PAST_H
#define SERVER_TERMINAL_PAST_H

#include <stdbool.h>
#include <stdint.h>

/* The least number of a kept record of `name` that is at least `generation`; 0: none. */
uint64_t past_find(const char *name, uint64_t generation);

/* Keep the file of the current record, which is opened as `output`, as number `generation`. Linux's result. */
long past_keep(const char *name, uint64_t generation);

/* A new current record with the first `size` bytes of kept record `generation`; its descriptor, or Linux's error. */
long past_copy(const char *name, uint64_t generation, uint64_t size);

/* Bytes of kept record `generation`. */
long past_size(const char *name, uint64_t generation, uint64_t *size);

void past_forget(const char *name);

#endif
