/* SPDX-License-Identifier: MIT */
/* For components that test drivers: checks that say what failed, and an end that a script can read. */
#ifndef TEST_DEVICE_CHECK_H
#define TEST_DEVICE_CHECK_H

#include <framework/env.h>

extern uint32_t failures;

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
#define CHECK_ERR(call, wanted) check_err(call, wanted, #call, __FILE__, __LINE__)
#define CHECK_OK(call) CHECK_ERR(call, OK)
void check(bool condition, const char *text, const char *file, int line);
void check_err(err_t found, err_t wanted, const char *text, const char *file, int line);

enum { WHILE_NS = 1000000000 };

#endif
