/* SPDX-License-Identifier: MIT */
/* The kernel suite: which words each call takes, and what the fuzzer tries: see calls.h. */
#include "kernel/object/call.h"
#include "test/kernel/calls.h"

const struct call_kind call_kinds[CALL_NUMBERS] = {
	[CALL_OBJECT_CREATE] = {"kmozn", true},     [CALL_MEMORY_DERIVE] = {"mozn", true},
	[CALL_OBJECT_REVOKE] = {"c", true},         [CALL_CAP_REVOKE_BADGE] = {"cb", true},
	[CALL_CAP_COPY] = {"pcpyR", true},          [CALL_CAP_DELETE] = {"px", true},
	[CALL_CAP_LIST] = {"pcb", true},            [CALL_PD_MAP] = {"pamoz", true},
	[CALL_PD_UNMAP] = {"paz", true},            [CALL_PD_PROTECT] = {"pazR", false},
	[CALL_PD_PAUSE] = {"pd", true},             [CALL_PD_RESUME] = {"p", true},
	[CALL_PD_CLOCK_GET] = {"p", true},          [CALL_PD_CLOCK_SET] = {"pd", true},
	[CALL_MEMORY_POPULATED] = {"bbo", true},    [CALL_MEMORY_DISCARD] = {"moz", true},
	[CALL_CONSOLE_WRITE] = {"cz", false},       [CALL_THREAD_BIND] = {"tpie", true},
	[CALL_THREAD_RESUME] = {"t", true},         [CALL_THREAD_PAUSE] = {"td", true},
	[CALL_THREAD_READ] = {"t", true},           [CALL_THREAD_WRITE] = {"tr", true},
	[CALL_THREAD_SCHEDULE_SET] = {"tiibb", false}, [CALL_THREAD_SCHEDULE_GET] = {"t", true},
	[CALL_THREAD_YIELD] = {"", true},           [CALL_IPC_CALL] = {"e", false},
	[CALL_IPC_WAIT] = {"ersd", false},          [CALL_IPC_REPLY] = {"r", false},
	[CALL_IPC_REPLY_WAIT] = {"ersd", false},    [CALL_SIGNAL_SUBMIT] = {"s", true},
	[CALL_SIGNAL_WAIT] = {"sd", true},          [CALL_SIGNAL_GET] = {"s", true},
	[CALL_SIGNAL_SET] = {"sbb", true},          [CALL_MEMORY_EPOCH] = {"b", true},
	[CALL_PD_DONATE] = {"pmoz", true},          [CALL_INTERRUPT_MAKE] = {"cln", false},
	[CALL_INTERRUPT_BIND] = {"cs", false},      [CALL_INTERRUPT_ACKNOWLEDGE] = {"c", false},
	[40] = {"o", false},
};

static const struct {
	char letter;
	uint8_t count;
	uint64_t values[VALUES_MOST];
} letters[] = {
	{'p', 4, {0, SLOT_VICTIM_PD, PARTNER_EP, UINT32_MAX}},
	{'m', 4, {SLOT_MEMORY, SLOT_WEAK, PARTNER_SIGNAL, 0}},
	{'t', 4, {SLOT_VICTIM, SLOT_SPARE, PARTNER_REPLY, PARTNER_SLOTS}},
	{'e', 4, {PARTNER_EP, SLOT_BADGED, PARTNER_SIGNAL, 0}},
	{'r', 4, {PARTNER_REPLY, SLOT_MADE + 1, PARTNER_EP, 0}},
	{'s', 4, {PARTNER_SIGNAL, SLOT_MADE + 2, SLOT_MEMORY, 0}},
	{'c', 8, {PARTNER_EP, SLOT_BADGED, SLOT_MEMORY, SLOT_VICTIM, SLOT_INTERRUPTS, SLOT_MADE, SLOT_MADE + 3, PARTNER_SLOTS}},
	{'x', 4, {SLOT_COPIES, SLOT_RECEIVE, 0, UINT32_MAX}},
	{'n', 5, {SLOT_MADE, SLOT_MADE + 3, SLOT_MADE + 9, PARTNER_EP, PARTNER_SLOTS}},
	{'y', 5, {SLOT_COPIES, SLOT_MADE + 10, SLOT_COPIES + 1, PARTNER_EP, PARTNER_SLOTS}},
	{'a', 6, {FREE_AT, FREE_AT + 4 * 4096, PD_LOW, PD_HIGH - 4096, UTCB_AREA, 0x123}},
	{'o', 6, {0, 4096, 65536, MEMORY_SIZE - 4096, MEMORY_SIZE, UINT32_MAX}},
	{'z', 6, {4096, 16 * 4096, 160 * 1024, 0, 100, UINT32_MAX - 4095}},
	{'R', 5, {RIGHT_READ, RIGHT_READ | RIGHT_WRITE, RIGHT_ALL, 0, UINT32_MAX}},
	{'k', 8, {KIND_PD, KIND_THREAD, KIND_ENDPOINT, KIND_REPLY, KIND_SIGNAL, KIND_MEMORY, KIND_NONE, UINT32_MAX}},
	{'b', 6, {0, 1, 7, 100, 512, UINT32_MAX}},
	{'i', 6, {0, 1, 5, 63, 511, UINT32_MAX}},
	{'l', 4, {54, 27, 0, UINT32_MAX}},
	{'d', 4, {0, 1, 100000, UINT64_MAX}},
};

enum { LETTERS = sizeof letters / sizeof *letters };

uint32_t value_count(char letter)
{
	for (uint32_t i = 0; i < LETTERS; i++)
		if (letters[i].letter == letter)
			return letters[i].count;
	return 1;
}

uint64_t value_of(char letter, uint32_t pick)
{
	for (uint32_t i = 0; i < LETTERS; i++)
		if (letters[i].letter == letter)
			return letters[i].values[pick % letters[i].count];
	return 0;
}
