/* SPDX-License-Identifier: MIT */
/* Free slots, see framework/slots.h. Bits beyond `count` are set for good, so that a search needs no bound. */
#include <framework/slots.h>

static void bit_set(struct slots *slots, uint32_t slot)
{
	slots->used[slot / 64] |= 1ul << slot % 64;
}

void slots_init(struct slots *slots, uint32_t first, uint32_t count)
{
	slots->count = count < SLOTS_MAX ? count : SLOTS_MAX;
	slots->hint = first / 64;
	for (uint32_t i = 0; i < SLOTS_MAX / 64; i++)
		slots->used[i] = 0;
	for (uint32_t slot = 0; slot < first && slot < SLOTS_MAX; slot++)
		bit_set(slots, slot);
	for (uint32_t slot = slots->count; slot < SLOTS_MAX; slot++)
		bit_set(slots, slot);
}

err_t slots_take(struct slots *slots, slot_t *slot)
{
	const uint32_t words = SLOTS_MAX / 64;

	for (uint32_t i = 0; i < words; i++) {
		uint32_t word = (slots->hint + i) % words;
		if (slots->used[word] == ~0ul)
			continue;
		uint32_t found = word * 64 + (uint32_t)__builtin_ctzl(~slots->used[word]);
		bit_set(slots, found);
		slots->hint = word;
		*slot = found;
		return OK;
	}
	return ERR_CAP_QUOTA;
}

void slots_give(struct slots *slots, slot_t slot)
{
	if (!slot || slot >= slots->count)
		return;
	slots->used[slot / 64] &= ~(1ul << slot % 64);
	slots->hint = slot / 64;
}
