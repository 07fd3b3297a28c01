/* SPDX-License-Identifier: MIT */
/*
 * Error codes: one table for kernels, framework and tools.
 *
 * Every fallible function returns an err_t and is MUST_CHECK; results are the last parameters and are
 * written only on OK. The codes are part of the message format and never renumbered.
 */
#ifndef KERNEL_ERR_H
#define KERNEL_ERR_H

#include <stdint.h>

#define ERR_TABLE(X)                                                                               \
	X(OK, 0, "success")                                                                        \
	X(ERR_ARGUMENT, 1, "invalid argument")                                                     \
	X(ERR_CAPABILITY, 2, "no capability of that kind at that slot")                            \
	X(ERR_RIGHTS, 3, "the capability lacks a right that this needs")                           \
	X(ERR_SLOT_IN_USE, 4, "the slot is not empty")                                             \
	X(ERR_RANGE, 5, "outside the object, or the ranges overlap")                               \
	X(ERR_STATE, 6, "not possible in the state that the object is in")                         \
	X(ERR_MEMORY_QUOTA, 7, "memory quota exceeded")                                            \
	X(ERR_CAP_QUOTA, 8, "capability quota exceeded")                                           \
	X(ERR_GONE, 9, "the object or the partner is gone")                                        \
	X(ERR_TIMEOUT, 10, "the deadline passed")                                                  \
	X(ERR_BUSY, 11, "busy, try again")                                                         \
	X(ERR_DENIED, 12, "refused by policy")                                                     \
	X(ERR_UNSUPPORTED, 13, "not supported here")                                               \
	X(ERR_NOT_FOUND, 14, "no such name")                                                       \
	X(ERR_EXISTS, 15, "the name is in use")                                                    \
	X(ERR_CORRUPT, 16, "the data is damaged")                                                  \
	X(ERR_IO, 17, "input or output failed")

#define ERR_ENUM(name, value, sentence) name = value,
typedef enum { ERR_TABLE(ERR_ENUM) ERR_COUNT } err_t;
#undef ERR_ENUM

#define MUST_CHECK __attribute__((warn_unused_result))

/* The sentence of a code; "unknown error" for a number outside the table (a code may come from a peer). */
static inline const char *err_sentence(uint32_t code)
{
#define ERR_SENTENCE(name, value, sentence) [value] = sentence,
	static const char *const sentences[] = {ERR_TABLE(ERR_SENTENCE)};
#undef ERR_SENTENCE
	return code < ERR_COUNT ? sentences[code] : "unknown error";
}

#endif
