/* SPDX-License-Identifier: MIT */
/* Content and its names, see content.h. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>
#include <image/digest.h>
#include <inttypes.h>

#include "server/host.h"
#include "server/store/content.h"

enum { PIECE = 65536, KNOWN = 256 };

/* The last that were found whole. */
static struct {
	uint64_t digest[2], size, modified_ns;
} known[KNOWN];

static bool keep_all;

void content_keep_all(void)
{
	keep_all = true;
}

bool content_all_kept(void)
{
	return keep_all;
}

void content_name(char name[CONTENT_NAME], const uint64_t digest[2])
{
	text_format(name, CONTENT_NAME, "%016" PRIx64 "%016" PRIx64, digest[1], digest[0]);
}

static bool digest_right(int file, uint64_t size, const uint64_t digest[2])
{
	static struct digest_state state;
	static uint8_t piece[PIECE];
	struct digest found;

	digest_start(&state);
	for (uint64_t at = 0; at < size; at += PIECE) {
		uint64_t part = size - at < PIECE ? size - at : PIECE;
		if (host_read_at(file, piece, part, at) < 0)
			return false;
		digest_add(&state, piece, part);
	}
	found = digest_state_whole(&state);
	return memcmp(found.word, digest, sizeof found.word) == 0;
}

bool content_whole(int file, const uint64_t digest[2])
{
	uint32_t n = (uint32_t)(digest[0] % KNOWN);
	struct host_status status;

	if (host_status(file, &status) < 0)
		return false;
	if (known[n].size == status.size && known[n].modified_ns == status.modified_ns &&
	    memcmp(known[n].digest, digest, sizeof known[n].digest) == 0)
		return true;
	if (!digest_right(file, status.size, digest))
		return false;
	memcpy(known[n].digest, digest, sizeof known[n].digest);
	known[n].size = status.size;
	known[n].modified_ns = status.modified_ns;
	return true;
}
