/* SPDX-License-Identifier: MIT */
/* XXH3 from Debian's libxxhash-dev, compiled in; which variant is chosen by a file for each architecture. */
#include <image/digest.h>
#include <image/vector.h>

#define XXH_INLINE_ALL
#define XXH_FORCE_MEMORY_ACCESS 1 /* freestanding, a memcpy of 8 bytes would be a call: six times slower */
#include <xxhash.h>

_Static_assert(sizeof(struct digest_state) == sizeof(XXH3_state_t), "opaque state");
_Static_assert(_Alignof(struct digest_state) >= _Alignof(XXH3_state_t), "opaque state");

static XXH3_state_t *state_of(struct digest_state *state)
{
	return (XXH3_state_t *)(void *)state;
}

static const XXH3_state_t *state_read(const struct digest_state *state)
{
	return (const XXH3_state_t *)(const void *)state;
}

uint64_t digest_chunk(const void *bytes, uint64_t size)
{
	return XXH3_64bits(bytes, size);
}

struct digest digest_whole(const void *bytes, uint64_t size)
{
	XXH128_hash_t hash = XXH3_128bits(bytes, size);
	return (struct digest){{hash.low64, hash.high64}};
}

/* Both widths start and go on alike; they differ in how the state is read out. */
void digest_start(struct digest_state *state)
{
	XXH3_INITSTATE(state_of(state));
	XXH3_128bits_reset(state_of(state));
}

void digest_add(struct digest_state *state, const void *bytes, uint64_t size)
{
	if (size > 0)
		XXH3_128bits_update(state_of(state), bytes, size);
}

uint64_t digest_state_chunk(const struct digest_state *state)
{
	return XXH3_64bits_digest(state_read(state));
}

struct digest digest_state_whole(const struct digest_state *state)
{
	XXH128_hash_t hash = XXH3_128bits_digest(state_read(state));
	return (struct digest){{hash.low64, hash.high64}};
}
