/* SPDX-License-Identifier: MIT */
/* Boot core on the kernel for tests, see core.h. */
#include "test/fuzz/core.h"
#include "test/fuzz/kernel.h"

void core_start(void)
{
	kernel_start(CORE_MEMORY_SIZE);
	kernel_first_start(core_main);
	kernel_run();
	FUZZ_CHECK(kernel_domains() != kernel_first(), "core did not start");
	kernel_driver_enter(kernel_domains());
}
