/* SPDX-License-Identifier: MIT */
/* Arguments, output and checks of a native subject, see subject.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <rom/session.h>
#include <terminal/session.h>

#include <inttypes.h>

#include "component/subject.h"

enum { ARGUMENTS = 8, LINE = 400, STATUS_FAILED = 1, STATUS_USAGE = 2 };
#define STEPS_DEFAULT 300
#define TERMINAL_LIMIT ((uint64_t)5000 * MILLISECOND)

static struct {
	const char *name;
	uint32_t count;
	uint64_t argument[ARGUMENTS];   /* numbers, from argv[1] on */
	struct lock lock;               /* of the terminal's buffer */
	struct session terminal;
	char *buffer;                   /* NULL: no terminal */
	signal_t never;                 /* that nobody submits to */
} subject;

static bool number_read(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > UINT32_MAX)
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	*number = value;
	return true;
}

/* Strings that end in 0 each, argv[0] first (bundle/format.h). */
static bool arguments_parse(const char *text, uint64_t size)
{
	for (uint32_t n = 0; size; n++) {
		uint64_t length = strnlen(text, size);
		if (length == size || n > ARGUMENTS || (n && !number_read(text, &subject.argument[n - 1])))
			return false;
		subject.count = n;
		text += length + 1;
		size -= length + 1;
	}
	return !subject.count || subject.argument[0];
}

static bool arguments_read(void)
{
	const struct rom_dataspace_request request = {};
	struct rom_dataspace_reply reply;
	struct session rom;
	void *text;
	slot_t slot;

	if (session_open("ROM", "arguments", 0, &rom) != OK)
		return true;
	subject_ok(slot_take(&slot));
	subject_ok(rom_dataspace(rom.ep, &request, NULL, &reply, &slot));
	subject_ok(ds_attach((ds_t){slot}, 0, 0, RIGHT_READ, 0, &text));
	bool good = arguments_parse(text, reply.size);
	ds_detach(text, (reply.size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1));
	slot_give(slot);
	session_close(&rom);
	return good;
}

static void terminal_start(void)
{
	const struct terminal_buffer_request request = {};
	struct terminal_buffer_reply reply;
	signal_t changes;               /* of the terminal: of no interest here */
	void *buffer;
	ds_t ds;

	if (session_open("TERMINAL", subject.name, TERMINAL_LIMIT, &subject.terminal) != OK)
		return;
	subject_ok(ds_alloc(PAGE_SIZE, &ds));
	subject_ok(ds_attach(ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &buffer));
	subject_ok(signal_alloc(&changes));
	const slot_t caps[2] = {ds.slot, changes.slot};
	subject_ok(terminal_buffer(subject.terminal.ep, &request, caps, &reply, NULL));
	subject.buffer = buffer;
}

static err_t line_write(const char *line, uint32_t length, enum terminal_stream stream)
{
	const struct terminal_write_request request = {0, length, stream};
	struct terminal_write_reply reply;

	if (!subject.buffer) {
		log_line("%.*s", (int)length - 1, line);
		return OK;
	}
	lock_take(&subject.lock);
	memcpy(subject.buffer, line, length);
	err_t err = terminal_write(subject.terminal.ep, &request, NULL, &reply, NULL);
	lock_give(&subject.lock);
	return err;
}

void subject_print(const char *format, ...)
{
	char line[LINE];
	va_list list;

	int length = text_format(line, sizeof line, "%s: ", subject.name);
	va_start(list, format);
	length += text_format_list(line + length, sizeof line - (size_t)length - 1, format, list);
	va_end(list);
	if (length > LINE - 2)
		length = LINE - 2;
	line[length++] = '\n';
	subject_ok(line_write(line, (uint32_t)length, TERMINAL_OUTPUT));
}

_Noreturn void subject_fail(const char *file, int line, const char *condition, const char *format, ...)
{
	char text[LINE], why[LINE / 2];
	va_list list;

	va_start(list, format);
	text_format_list(why, sizeof why, format, list);
	va_end(list);
	text_format(text, sizeof text, "%s: %s, line %d: not (%s): %s\n", subject.name, file, line, condition, why);
	if (subject.buffer)
		log_line("%s", text);
	err_t ignored = line_write(text, (uint32_t)strlen(text), TERMINAL_ERROR);
	(void)ignored;
	component_exit(STATUS_FAILED);
}

uint64_t subject_begin(const char *name, const char *sentence)
{
	subject.name = name;
	subject_ok(signal_alloc(&subject.never));
	subject_ok(env_shared());
	subject_ok(lock_ready(&subject.lock));
	bool good = arguments_read();
	terminal_start();
	if (!good) {
		subject_print("usage: %s [STEPS [OPTION]], numbers: %s", name, sentence);
		component_exit(STATUS_USAGE);
	}
	subject_print("%s", sentence);
	return subject_option(1, STEPS_DEFAULT);
}

uint64_t subject_option(uint32_t n, uint64_t otherwise)
{
	return n <= subject.count ? subject.argument[n - 1] : otherwise;
}

int subject_finish(uint64_t steps, uint64_t result)
{
	subject_print("%" PRIu64 " steps, result %016" PRIx64, steps, result);
	return 0;
}

void subject_sleep(uint64_t deadline)
{
	uint32_t badges, count;

	subject_expect(signal_wait(subject.never, deadline, &badges, &count), ERR_TIMEOUT);
}

bool subject_slot(slot_t slot, struct cap_entry *entry)
{
	uint32_t count;
	slot_t next;

	subject_ok(cap_list(PD_SELF, slot, 1, entry, &count, &next));
	return count == 1 && entry->slot == slot;
}
