/* SPDX-License-Identifier: MIT */
/* Images that are whole but say something else, see rtcr.h: one field of one record is changed as it is written. */
#include <string.h>

#include <image/writer.h>

#include "image/kind.h"
#include "test/fuzz/rtcr.h"

static struct {
	bool due;
	bool piece;                    /* in the last piece instead */
	uint32_t record, at;
	uint64_t value;
	rtcr_change *change;           /* instead, all that this likes to */
} forge;

void rtcr_forge(struct fuzz_input *input)
{
	uint8_t how = fuzz_byte(input);

	forge.due = true;
	forge.piece = how & 1;
	forge.record = fuzz_byte(input) % 64;
	forge.at = fuzz_byte(input);
	forge.value = how & 2 ? fuzz_number(input) : fuzz_byte(input) % 32;
}

void rtcr_forge_by(rtcr_change *change)
{
	forge.change = change;
}

void rtcr_forge_end(void)
{
	forge.due = false;
	forge.change = NULL;
}

err_t __real_image_write_record(struct image_writer *writer, const struct image_record *record,
                                const struct image_piece *pieces);
err_t __wrap_image_write_record(struct image_writer *writer, const struct image_record *record,
                                const struct image_piece *pieces);

err_t __wrap_image_write_record(struct image_writer *writer, const struct image_record *record,
                                const struct image_piece *pieces)
{
	static uint8_t fixed[IMAGE_FIXED_MAX] __attribute__((aligned(8))), bytes[1 << 14];
	const struct image_shape *shape = image_shape(record->kind);
	struct image_piece changed[IMAGE_PIECES_MAX];

	if (forge.change) {
		services_forged();
		memcpy(fixed, record, shape->fixed);
		if (shape->pieces)
			memcpy(changed, pieces, shape->pieces * sizeof *changed);
		forge.change((struct image_record *)fixed, changed);
		return __real_image_write_record(writer, (const struct image_record *)fixed, changed);
	}
	if (!forge.due || forge.record-- > 0)
		return __real_image_write_record(writer, record, pieces);
	forge.due = false;
	services_forged();
	memcpy(fixed, record, shape->fixed);
	if (shape->pieces)
		memcpy(changed, pieces, shape->pieces * sizeof *changed);
	struct image_piece *last = shape->pieces ? &changed[shape->pieces - 1] : NULL;
	if (forge.piece && last && last->size >= 8 && last->size <= sizeof bytes) {
		memcpy(bytes, last->bytes, last->size);
		memcpy(bytes + forge.at * 4 % (last->size - 4), &forge.value, 4);
		last->bytes = bytes;
	} else {
		uint32_t words = (shape->fixed - 8) / 4;
		memcpy(fixed + 8 + forge.at % words * 4, &forge.value, 4);
	}
	return __real_image_write_record(writer, (const struct image_record *)fixed, changed);
}
