/* SPDX-License-Identifier: MIT */
/*
 * LOG: text of components, gathered to lines, each led by its label; control characters become dots, and so does what is not
 * ASCII: a log is read on terminals, and core does not judge UTF-8.
 */
#include <framework/format.h>
#include <framework/memory.h>
#include <kernel/pd.h>
#include <log/session.h>
#include <parent/session.h>

#include "core/service.h"

enum { LINE = 512 };

struct log {
	struct object object;
	char label[PARENT_LABEL];
	uint32_t length;
	char line[LINE];
};

void console_line(const char *format, ...)
{
	char line[LINE];
	va_list list;

	va_start(list, format);
	int length = text_format_list(line, sizeof line - 1, format, list);
	va_end(list);
	if (length > LINE - 2)
		length = LINE - 2;
	line[length] = '\n';
	err_t ignored = console_write(CORE_CONSOLE, line, (uint32_t)length + 1);
	(void)ignored;
}

static void line_end(struct log *log)
{
	console_line("[%s] %.*s", log->label, (int)log->length, log->line);
	log->length = 0;
}

static void text_add(struct log *log, const char *text, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		if (text[i] == '\n') {
			line_end(log);
			continue;
		}
		bool plain = (uint8_t)text[i] >= 32 && (uint8_t)text[i] < 127;
		log->line[log->length++] = plain ? text[i] : '.';
		if (log->length == LINE - PARENT_LABEL - 8)
			line_end(log);
	}
}

err_t log_open(struct pd *payer, const char *label, struct object **session)
{
	struct log *log;
	err_t err = object_make(payer, TYPE_LOG, sizeof *log, 0, (void **)&log);

	if (err != OK)
		return err;
	text_copy(log->label, sizeof log->label, label);
	*session = &log->object;
	return OK;
}

static err_t handle_write(void *object, const struct log_write_request *request, struct rpc_message *message,
                          struct log_write_reply *reply, slot_t *caps_out)
{
	(void)message;
	(void)reply;
	(void)caps_out;
	if (request->length > LOG_TEXT)
		return ERR_ARGUMENT;
	text_add(object, request->text, request->length);
	return OK;
}

err_t log_serve(struct object *object, struct rpc_message *message, struct rpc_message *reply)
{
	static const struct log_handlers handlers = {.write = handle_write};

	return log_dispatch(&handlers, object, message, reply);
}
