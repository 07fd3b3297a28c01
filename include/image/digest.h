/* SPDX-License-Identifier: MIT */
/*
 * The digests of images and ROMs: XXH3 (xxHash 0.8), 64 bits for a chunk of memory, 128 bits for
 * the rest. They find damage, not attacks. Nothing else sees how they are computed.
 */
#ifndef IMAGE_DIGEST_H
#define IMAGE_DIGEST_H

#include <stdint.h>

struct digest {
	uint64_t word[2]; /* low, high */
};

/* A digest over bytes that come piece by piece. */
struct digest_state {
	uint64_t opaque[72] __attribute__((aligned(64)));
};

uint64_t digest_chunk(const void *bytes, uint64_t size);
struct digest digest_whole(const void *bytes, uint64_t size);

void digest_start(struct digest_state *state);
void digest_add(struct digest_state *state, const void *bytes, uint64_t size);

/* The digest of what was added so far, as the functions above give it. The state goes on. */
uint64_t digest_state_chunk(const struct digest_state *state);
struct digest digest_state_whole(const struct digest_state *state);

#endif
