/* SPDX-License-Identifier: MIT */
/*
 * forge EDIT... <IMAGE >IMAGE: an image as it would come from another machine or another version, with right digests.
 *
 *    architecture, kernel     of the other kind
 *    feature                  one instruction more than this image's processor has
 *    registers                one more component in the XSAVE mask
 *    optional, mandatory      a record of a kind that nobody knows
 *    content                  all ROMs with content that is nowhere
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <image/digest.h>
#include <image/record.h>

enum { UNKNOWN_KIND = 200, UNKNOWN_SIZE = 24, SIZE_MAX_HERE = 64 << 20 };

static uint8_t *bytes;
static struct image_header *header;
static struct image_trailer *trailer;

static void feature_add(void)
{
	for (uint32_t i = 0; i < header->feature_count; i++)
		if (~header->features[i]) {
			header->features[i] |= ~header->features[i] & (header->features[i] + 1);
			return;
		}
}

/* Into the space before the memory. */
static void record_add(uint16_t flags)
{
	uint64_t at = trailer->records_offset + trailer->records_size;
	const struct image_record record = {.kind = UNKNOWN_KIND, .flags = flags, .size = UNKNOWN_SIZE, .id = 1};

	if (trailer->memory_offset - at < UNKNOWN_SIZE || trailer->index_count == IMAGE_INDEX_MAX) {
		fprintf(stderr, "forge: there is no room for a record\n");
		exit(3);
	}
	memset(bytes + at, 0, UNKNOWN_SIZE);
	memcpy(bytes + at, &record, sizeof record);
	trailer->index[trailer->index_count++] = (struct image_index){UNKNOWN_KIND, flags, 1, at, UNKNOWN_SIZE};
	trailer->records_size += UNKNOWN_SIZE;
	trailer->record_count++;
}

static void contents_change(void)
{
	uint64_t at = trailer->records_offset, end = at + trailer->records_size;

	while (at < end) {
		struct image_dataspace *ds = (struct image_dataspace *)(bytes + at);
		if (ds->record.kind == IMAGE_KIND_dataspace && ds->origin == IMAGE_ORIGIN_ROM)
			ds->digest[0] ^= 1;
		at += ds->record.size;
	}
}

static void edit(const char *word)
{
	if (strcmp(word, "architecture") == 0)
		header->architecture = IMAGE_ARCHITECTURE_ARMV7;
	else if (strcmp(word, "kernel") == 0)
		header->kernel = IMAGE_KERNEL_ARMV7;
	else if (strcmp(word, "feature") == 0)
		feature_add();
	else if (strcmp(word, "registers") == 0)
		header->xsave_mask |= 1ull << 62;
	else if (strcmp(word, "optional") == 0)
		record_add(IMAGE_OPTIONAL);
	else if (strcmp(word, "mandatory") == 0)
		record_add(0);
	else if (strcmp(word, "content") == 0)
		contents_change();
	else
		exit(2);
}

int main(int argc, char **argv)
{
	struct digest_state state;

	bytes = aligned_alloc(64, SIZE_MAX_HERE);
	size_t size = bytes ? fread(bytes, 1, SIZE_MAX_HERE, stdin) : 0;
	if (size < sizeof *header + sizeof *trailer)
		return 2;
	header = (struct image_header *)bytes;
	trailer = (struct image_trailer *)(bytes + size - sizeof *trailer);
	for (int i = 1; i < argc; i++)
		edit(argv[i]);
	digest_start(&state);
	digest_add(&state, bytes, trailer->memory_offset);
	digest_add(&state, bytes + trailer->chunks_offset, trailer->chunk_count * sizeof(uint64_t));
	digest_add(&state, trailer, offsetof(struct image_trailer, digest));
	struct digest digest = digest_state_whole(&state);
	memcpy(trailer->digest, digest.word, sizeof digest.word);
	return fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0 ? 0 : 2;
}
