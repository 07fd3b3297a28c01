/* SPDX-License-Identifier: MIT */
/* Text for the console: see console.h. */
#include "kernel/armv7/console.h"
#include "kernel/object/machine.h"

void console_text(const char *text)
{
	while (*text)
		console_put(*text++);
}

void console_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		console_put("0123456789abcdef"[value >> shift & 15]);
}

err_t machine_console_write(const void *bytes, uint64_t size)
{
	const char *text = bytes;

	for (uint64_t done = machine_work_done(); done < size;) {
		console_put(text[done++]);
		if (done < size && machine_work_stop(done))
			break;
	}
	return OK;
}

_Noreturn void kernel_panic(const char *what, uint32_t where, uint32_t detail)
{
	console_text("kernel: ");
	console_text(what);
	console_text(" at ");
	console_hex(where);
	console_text(" detail ");
	console_hex(detail);
	console_put('\n');
	machine_end(1);
}
