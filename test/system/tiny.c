/* SPDX-License-Identifier: MIT */
/* The smallest component: it does its work and ends. See suite.h. */
#include "test/system/suite.h"

int component_main(addr_t argument)
{
	(void)argument;
	return TINY_STATUS;
}
