/* SPDX-License-Identifier: MIT */
/* What tests of the microkernel on the build machine need to hold; the first thing that does not ends the test. */
#ifndef KERNEL_ARMV7_TEST_EXPECT_H
#define KERNEL_ARMV7_TEST_EXPECT_H

#include <stdio.h>
#include <stdlib.h>

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                  \
			printf("0 passed, 1 failed: %s, line %d\n", #condition, __LINE__);         \
			exit(1);                                                                     \
		}                                                                                    \
	} while (0)

#endif
