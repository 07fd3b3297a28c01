/* SPDX-License-Identifier: MIT */
/*
 * core: the root of the tree. It alone holds memory, protection domains and threads as kernel objects; to all others
 * they are objects of its services. One thread, one endpoint: a badge names an object, or with FAULT_BADGE the
 * thread that faulted.
 */
#include <framework/env.h>
#include <framework/memory.h>
#include <kernel/boot.h>
#include <kernel/ipc.h>

#include "core/memory.h"
#include "core/service.h"

reply_t core_reply;

static const struct {
	serve_t *serve;
} services[TYPE_COUNT] = {
	[TYPE_PARENT] = {parent_serve}, [TYPE_PD] = {pd_serve},   [TYPE_DATASPACE] = {dataspace_serve},
	[TYPE_MAP] = {map_serve},       [TYPE_CPU] = {cpu_serve}, [TYPE_THREAD] = {thread_serve},
	[TYPE_ROM] = {rom_serve},       [TYPE_LOG] = {log_serve}, [TYPE_TIMER] = {timer_serve},
	[TYPE_RM_SERVICE] = {rm_service_serve}, [TYPE_IO_MEM] = {io_mem_serve}, [TYPE_IRQ] = {irq_serve},
};

static void receive_prepare(void)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < MESSAGE_CAPS; i++)
		if (!utcb->receive[i] && core_slot_take(&utcb->receive[i]) != OK)
			utcb->receive[i] = 0;   /* then that capability does not arrive, and the call is refused */
}

/* What was kept took its slot along; what was not lies there until the next one comes. */
static void arrivals_settle(const slot_t *arrived, const struct rpc_message *in)
{
	struct utcb *utcb = utcb_self();

	for (uint32_t i = 0; i < in->cap_count; i++)
		if (arrived[i] && !in->caps[i])
			utcb->receive[i] = 0;
	receive_prepare();
}

static void call_serve(uint32_t badge)
{
	static struct rpc_message in, out;
	struct object *object = object_of_badge(badge);
	slot_t arrived[MESSAGE_CAPS];

	rpc_receive(&in);
	lent_return();
	memcpy(arrived, in.caps, sizeof arrived);
	out.size = 0;
	out.cap_count = 0;
	err_t err = ERR_GONE;
	if (object && services[object->type].serve)
		err = services[object->type].serve(object, &in, &out);
	arrivals_settle(arrived, &in);
	rpc_respond(err, &out);
}

/* True: a reply lies in the control block. */
static bool message_serve(void)
{
	struct utcb *utcb = utcb_self();
	uint32_t how;

	if (!(utcb->badge & FAULT_BADGE)) {
		call_serve(utcb->badge);
		return true;
	}
	if (!fault_serve(utcb->badge & ~FAULT_BADGE, utcb->words, &how))
		return false;
	utcb->words[0] = how;
	utcb->word_count = 1;
	utcb->cap_count = 0;
	return true;
}

static _Noreturn void serve(void)
{
	bool answered = false;

	receive_prepare();
	for (;;) {
		uint64_t deadline = timers_expire();
		err_t err = answered ? ipc_reply_wait(core_ep, core_reply, (signal_t){0}, deadline)
		                     : ipc_wait(core_ep, core_reply, (signal_t){0}, deadline);
		answered = err == OK && message_serve();
		if (err != OK && err != ERR_TIMEOUT)
			console_line("core: waiting failed: %s", err_sentence(err));
	}
}

_Noreturn void component_exit(int status)
{
	console_line("core: ended with status %d; the node cannot go on", status);
	for (;;)
		(void)!ipc_wait(core_ep, core_reply, (signal_t){0}, DEADLINE_NEVER);
}

int component_main(addr_t argument)
{
	const struct boot_info *info = (const struct boot_info *)argument;

	if (info->magic != BOOT_MAGIC)
		return 1;
	devices_start(info);
	ranges_start(info->memory_free, info->memory_size);
	err_t err = objects_start();
	if (err == OK)
		err = kernel_object_take(KIND_REPLY, &core_reply.slot);
	if (err == OK)
		err = roms_start(info);
	if (err == OK)
		err = init_start(info);
	if (err != OK) {
		console_line("core: cannot start init: %s", err_sentence(err));
		return 1;
	}
	serve();
}
