/* SPDX-License-Identifier: MIT */
/* LOG, ROM, TIMER and TERMINAL of the target, see intercept.h. */
#include <framework/format.h>

#include "rtcr/intercept.h"

static err_t log_write_handle(void *object, const struct log_write_request *request, struct rpc_message *message,
                              struct log_write_reply *reply, slot_t *caps_out)
{
	uint32_t length = request->length < LOG_TEXT ? request->length : LOG_TEXT;

	(void)message, (void)caps_out;
	if (length && request->text[length - 1] == '\n')
		length--;
	if (length)
		text_format(target.words, sizeof target.words, "%.*s", (int)length, request->text);
	return log_write(((struct session_entry *)object)->real.ep, request, NULL, reply, NULL);
}

static err_t rom_dataspace_handle(void *object, const struct rom_dataspace_request *request,
                                  struct rpc_message *message, struct rom_dataspace_reply *reply, slot_t *caps_out)
{
	struct entry *rom = registry_find(((struct session_entry *)object)->source);

	(void)request, (void)message;
	if (!rom || rom->kind != ENTRY_DATASPACE || ((const struct dataspace_entry *)rom)->origin != IMAGE_ORIGIN_ROM)
		return ERR_GONE;   /* an image may name anything */
	reply->size = ((const struct dataspace_entry *)rom)->rom_size;
	registry_name(rom, caps_out);
	return OK;
}

static err_t timer_handler_handle(void *object, const struct timer_handler_request *request,
                                  struct rpc_message *message, struct timer_handler_reply *reply, slot_t *caps_out)
{
	uint32_t signal, badge;
	err_t err = handler_take(message, 0, &signal, &badge);

	(void)request, (void)reply, (void)caps_out;
	if (err == OK)
		err = session_handler_set(object, signal, badge, message->caps[0]);
	if (err == OK)
		(void)rpc_keep(message, 0);
	return err;
}

static err_t timer_set_handle(void *object, const struct timer_set_request *request, struct rpc_message *message,
                              struct timer_set_reply *reply, slot_t *caps_out)
{
	(void)message, (void)reply, (void)caps_out;
	return timer_arm(object, request->deadline, request->period);
}

static err_t terminal_buffer_handle(void *object, const struct terminal_buffer_request *request,
                                    struct rpc_message *message, struct terminal_buffer_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	struct entry *ds;
	uint32_t signal, badge;
	err_t err = registry_sent(message, 0, ENTRY_DATASPACE, &ds, NULL);

	(void)request, (void)reply, (void)caps_out;
	if (err == OK)
		err = handler_take(message, 1, &signal, &badge);
	if (err != OK)
		return err;
	if (((const struct dataspace_entry *)ds)->origin != IMAGE_ORIGIN_ANONYMOUS)
		return ERR_DENIED;   /* input would be written there */
	const uint32_t before = session->buffer;
	session->buffer = ds->id;
	err = session_handler_set(session, signal, badge, message->caps[1]);
	if (err == OK)
		(void)rpc_keep(message, 1);
	else
		session->buffer = before;
	return err;
}

static err_t terminal_write_handle(void *object, const struct terminal_write_request *request,
                                   struct rpc_message *message, struct terminal_write_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	err_t err = terminal_write(session->real.ep, request, NULL, reply, NULL);

	(void)message, (void)caps_out;
	if (terminal_renew(session, err))
		err = terminal_write(session->real.ep, request, NULL, reply, NULL);
	if (err == OK)
		session->output = target.output = reply->offset;
	return err;
}

static err_t terminal_read_handle(void *object, const struct terminal_read_request *request,
                                  struct rpc_message *message, struct terminal_read_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	err_t err = terminal_read(session->real.ep, request, NULL, reply, NULL);

	(void)message, (void)caps_out;
	return terminal_renew(session, err) ? terminal_read(session->real.ep, request, NULL, reply, NULL) : err;
}

static err_t terminal_record_handle(void *object, const struct terminal_record_request *request,
                                    struct rpc_message *message, struct terminal_record_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_feed_handle(void *object, const struct terminal_feed_request *request,
                                  struct rpc_message *message, struct terminal_feed_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_cut_handle(void *object, const struct terminal_cut_request *request, struct rpc_message *message,
                                 struct terminal_cut_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_info_handle(void *object, const struct terminal_info_request *request,
                                  struct rpc_message *message, struct terminal_info_reply *reply, slot_t *caps_out)
{
	struct session_entry *session = object;
	err_t err = terminal_info(session->real.ep, request, NULL, reply, NULL);

	(void)message, (void)caps_out;
	return terminal_renew(session, err) ? terminal_info(session->real.ep, request, NULL, reply, NULL) : err;
}

/* Fates are for whoever watches a component, not for itself. */
static err_t terminal_fate_handle(void *object, const struct terminal_fate_request *request,
                                  struct rpc_message *message, struct terminal_fate_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

static err_t terminal_next_handle(void *object, const struct terminal_next_request *request,
                                  struct rpc_message *message, struct terminal_next_reply *reply, slot_t *caps_out)
{
	(void)object, (void)request, (void)message, (void)reply, (void)caps_out;
	return ERR_DENIED;
}

const struct log_handlers intercept_log = {log_write_handle};

const struct rom_handlers intercept_rom = {rom_dataspace_handle};

const struct timer_handlers intercept_timer = {timer_handler_handle, timer_set_handle};

const struct terminal_handlers intercept_terminal = {
	terminal_buffer_handle, terminal_write_handle, terminal_read_handle, terminal_record_handle,
	terminal_feed_handle,   terminal_cut_handle,   terminal_info_handle,  terminal_fate_handle,
	terminal_next_handle};
