/* SPDX-License-Identifier: MIT */
/* Sessions of devices: only what the configuration grants, once, paid, and gone when closed. The device here is gem1. */
#include <framework/memory.h>
#include <io_mem/session.h>
#include <irq/session.h>
#include <kernel/device.h>
#include <log/session.h>
#include <pd/session.h>

#include "test/device/check.h"

static struct pd_quota_reply quota(void)
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply reply = {0};

	CHECK_OK(pd_quota((ep_t){SLOT_PD}, &request, NULL, &reply, NULL));
	return reply;
}

static void refused(void)
{
	struct session session;

	CHECK_ERR(session_open("IO_MEM", "gem0", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("IRQ", "gem0", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("IO_MEM", "", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("IO_MEM=gem1", "gem1", 0, &session), ERR_NOT_FOUND);
	CHECK_ERR(session_open("IO_MEM", "gem10", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("IO_MEM", "nothing", 0, &session), ERR_NOT_FOUND);
	CHECK_ERR(session_open("IRQ", "nothing", 0, &session), ERR_NOT_FOUND);
}

static void registers_used(ep_t io_mem)
{
	const struct io_mem_registers_request request = {};
	const struct pd_ram_free_request free_request = {};
	struct io_mem_registers_reply reply;
	struct pd_ram_free_reply freed;
	void *address;
	ds_t ds;

	CHECK_OK(slot_take(&ds.slot));
	CHECK_OK(io_mem_registers(io_mem, &request, NULL, &reply, &ds.slot));
	CHECK(reply.size == PAGE_SIZE);
	CHECK_ERR(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_EXECUTE, 0, &address), ERR_RIGHTS);
	CHECK_ERR(ds_attach(ds, PAGE_SIZE, PAGE_SIZE, RIGHT_READ, 0, &address), ERR_RANGE);
	CHECK_OK(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	CHECK(((volatile uint32_t *)address)[0xfc / 4] == 0x00020118);   /* the module's identification: UG585, B.18 */
	CHECK_OK(pd_ram_free((ep_t){SLOT_PD}, &free_request, &ds.slot, &freed, NULL));
	CHECK_OK(slot_take(&ds.slot));
	CHECK_ERR(io_mem_registers(io_mem, &request, NULL, &reply, &ds.slot), ERR_GONE);
	slot_give(ds.slot);
}

static void buffer_used(ep_t io_mem)
{
	struct io_mem_buffer_request request = {.size = 10000};
	struct io_mem_buffer_reply reply;
	void *address;
	ds_t ds;

	CHECK_OK(slot_take(&ds.slot));
	CHECK_OK(io_mem_buffer(io_mem, &request, NULL, &reply, &ds.slot));
	CHECK(reply.bus_address && !(reply.bus_address % PAGE_SIZE));
	CHECK_OK(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address));
	volatile uint32_t *words = address;
	for (uint32_t i = 0; i < 3 * PAGE_SIZE / 4; i++) {
		CHECK(words[i] == 0);
		words[i] = i;
	}
	CHECK(words[3 * PAGE_SIZE / 4 - 1] == 3 * PAGE_SIZE / 4 - 1);
	ds_detach(address, 3 * PAGE_SIZE);
	ds_free(ds);
	CHECK_OK(slot_take(&ds.slot));
	request.size = 0;
	CHECK_ERR(io_mem_buffer(io_mem, &request, NULL, &reply, &ds.slot), ERR_ARGUMENT);
	request.size = (uint64_t)1 << 40;
	CHECK_ERR(io_mem_buffer(io_mem, &request, NULL, &reply, &ds.slot), ERR_MEMORY_QUOTA);
	slot_give(ds.slot);
}

static void memory_sessions(void)
{
	struct session session, second;

	CHECK_OK(session_open("IO_MEM", "gem1", 0, &session));
	CHECK_ERR(session_open("IO_MEM", "gem1", 0, &second), ERR_BUSY);
	registers_used(session.ep);
	buffer_used(session.ep);
	session_close(&session);
	for (int i = 0; i < 100; i++) {
		CHECK_OK(session_open("IO_MEM", "gem1", 0, &session));
		session_close(&session);
	}
}

static void interrupt_sessions(void)
{
	const struct irq_bind_request request = {};
	struct irq_bind_reply reply;
	struct session session, second;
	uint32_t badges, count;
	interrupt_t line;
	signal_t signal;

	CHECK_OK(signal_alloc(&signal));
	CHECK_OK(slot_take(&line.slot));
	CHECK_OK(session_open("IRQ", "gem1", 0, &session));
	CHECK_ERR(session_open("IRQ", "gem1", 0, &second), ERR_BUSY);
	const slot_t wrong = SLOT_PD;
	CHECK_ERR(irq_bind(session.ep, &request, &wrong, &reply, &line.slot), ERR_CAPABILITY);
	CHECK_OK(irq_bind(session.ep, &request, &signal.slot, &reply, &line.slot));
	CHECK_OK(interrupt_acknowledge(line));
	CHECK_ERR(interrupt_bind(line, signal, false), ERR_RIGHTS);
	CHECK_ERR(object_revoke(cap_any(line)), ERR_RIGHTS);
	CHECK_ERR(signal_wait(signal, 0, &badges, &count), ERR_TIMEOUT);
	session_close(&session);
	CHECK_ERR(interrupt_acknowledge(line), ERR_CAPABILITY);
	slot_free(line.slot);
	object_free(cap_any(signal));
}

/* By the route of LOG: it comes out of the line that a script reads. */
static void line_write(void)
{
	struct log_write_request request = {.length = 22};
	struct log_write_reply reply;
	struct session session;

	memcpy(request.text, "a line of the UART\a..\n", 22);
	CHECK_OK(session_open("LOG", "note", WHILE_NS, &session));
	for (int i = 0; i < 200; i++)
		CHECK_OK(log_write(session.ep, &request, NULL, &reply, NULL));
	request.length = LOG_TEXT + 1;
	CHECK_ERR(log_write(session.ep, &request, NULL, &reply, NULL), ERR_ARGUMENT);
	session_close(&session);
}

int component_main(addr_t argument)
{
	(void)argument;
	memory_sessions();   /* once before, for what the first use of anything keeps */
	struct pd_quota_reply before = quota();
	refused();
	memory_sessions();
	interrupt_sessions();
	CHECK(quota().ram_used == before.ram_used && quota().cap_used == before.cap_used);
	line_write();
	log_line("rules: %u failed", failures);
	return failures ? 1 : 0;
}
