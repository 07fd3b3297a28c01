/* SPDX-License-Identifier: MIT */
/* Free slots, see framework/slots.h. */
#include <framework/slots.h>

static void bit_set(struct slots *slots, uint32_t slot)
{
	slots->used[slot / 64] |= 1ull << slot % 64;
}

void slots_init(struct slots *slots, uint64_t *used, uint32_t first, uint32_t count)
{
	*slots = (struct slots){count, first / 64, used};
	for (uint32_t i = 0; i < count / 64; i++)
		used[i] = 0;
	for (uint32_t slot = 0; slot < first && slot < count; slot++)
		bit_set(slots, slot);
}

err_t slots_take(struct slots *slots, slot_t *slot)
{
	const uint32_t words = slots->count / 64;

	for (uint32_t i = 0; i < words; i++) {
		uint32_t word = (slots->hint + i) % words;
		if (slots->used[word] == ~0ull)
			continue;
		uint32_t found = word * 64 + (uint32_t)__builtin_ctzll(~slots->used[word]);
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
	slots->used[slot / 64] &= ~(1ull << slot % 64);
	slots->hint = slot / 64;
}
