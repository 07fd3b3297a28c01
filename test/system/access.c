/* SPDX-License-Identifier: MIT */
/* Accesses whose faults are reflected, see suite.h. */
#include "test/system/suite.h"

bool access_load(const void *address, uint64_t *value);
bool access_store(void *address, uint64_t value);
void access_skip(struct registers *registers);

static uint8_t stack[16384] __attribute__((aligned(16)));

static _Noreturn void reflected(struct registers *registers, addr_t fault, addr_t address)
{
	(void)fault;
	(void)address;
	access_skip(registers);
	registers_continue(registers);
}

static void reflection_set(bool on)
{
	struct utcb *utcb = utcb_self();

	utcb->fault_entry = on ? (addr_t)reflected : 0;
	utcb->fault_stack = (addr_t)stack + sizeof stack - 8;
}

bool word_read(const void *address, uint64_t *value)
{
	reflection_set(true);
	bool done = access_load(address, value);
	reflection_set(false);
	return done;
}

bool word_write(void *address, uint64_t value)
{
	reflection_set(true);
	bool done = access_store(address, value);
	reflection_set(false);
	return done;
}
