/* SPDX-License-Identifier: MIT */
/* Numbers and payloads out of a fuzz input, see fuzz.h. */
#include <string.h>

#include <kernel/machine.h>

#include "test/fuzz/fuzz.h"

static const uint64_t edges[] = {
	0, 1, 2, 3, 64, 16, 17, PAGE_SIZE - 1, PAGE_SIZE + 1, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MAX + 1,
	UINT32_MAX, 1ul << 32, 1ul << 20, 1ul << 30, PD_LOW, PD_HIGH, PD_HIGH - PAGE_SIZE, PD_LOW - PAGE_SIZE,
	UINT64_MAX - PAGE_SIZE + 1, 10000, 9999, 65536, 65537, 0x640000000000,
};
enum { EDGES = sizeof edges / sizeof *edges, PAGES = 12, SMALL = 8 };

static const char *const names[] = {
	"CPU", "ROM", "LOG", "TIMER", "RM", "root -> program", "program", "", "-> ", "a -> b -> program", "\x1b[2J", "\n",
};
enum { NAMES = sizeof names / sizeof *names };

uint64_t fuzz_number(struct fuzz_input *input)
{
	uint8_t how = fuzz_byte(input);
	uint64_t number = 0;

	if (how < 96)
		return how % PAGES * PAGE_SIZE;
	if (how < 96 + EDGES)
		return edges[how - 96];
	if (how < 224)
		return how % SMALL;
	for (int i = 0; i < 8; i++)
		number = number << 8 | fuzz_byte(input);
	return number;
}

void fuzz_payload(struct fuzz_input *input, void *payload, uint32_t size)
{
	uint8_t *bytes = payload, how = fuzz_byte(input);

	memset(bytes, 0, size);
	for (uint32_t at = 0; at + 4 <= size && (at < 32 || how & 0x80); at += how & 1 ? 4 : 8) {
		uint64_t number = fuzz_number(input);
		uint32_t part = at + 8 <= size && !(how & 1) ? 8 : 4;
		memcpy(bytes + at, &number, part);
	}
	if (!(how & 2))
		return;
	uint32_t at = how & 4 ? 4 : 16;
	for (int i = 0; i < 2; i++, at += how & 8 ? 24 : 32) {
		const char *name = names[fuzz_byte(input) % NAMES];
		uint32_t length = (uint32_t)strlen(name) + 1;
		if (at + length <= size)
			memcpy(bytes + at, name, length);
	}
}
