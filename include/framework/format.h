/* SPDX-License-Identifier: MIT */
/*
 * Text from values, a part of the C standard's printf: %d %u %x %ld %lu %lx %lld %llu %llx %zu %s %.*s %c %p %%, with
 * width and 0 for numbers.
 */
#ifndef FRAMEWORK_FORMAT_H
#define FRAMEWORK_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* As snprintf and vsnprintf: always terminated if size is not 0; returns the length that would have been needed. */
int text_format(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int text_format_list(char *to, size_t size, const char *format, va_list list);

/* Copy a string, cut to fit and terminated. False if it was cut. */
_Bool text_copy(char *to, size_t size, const char *from);

#endif
