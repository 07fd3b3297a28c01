/* SPDX-License-Identifier: MIT */
/*
 * The image file, byte by byte (docs/image-format.md tells it as prose). Little-endian, fixed
 * width.
 *
 *    0               struct image_header      what is known before anything is written
 *    256             records                  grouped by kind, ascending, sorted by key (record.h)
 *                    zeros up to a multiple of IMAGE_PAGE
 *    memory_offset   memory                   the bytes of all DATA extents, in record order
 *    chunks_offset   uint64_t per chunk       XXH3-64 of each chunk_size bytes of memory
 *    end - 960       struct image_trailer     sizes, index, XXH3-128 of all of the above but memory
 *
 * It is written in one pass without going back. There is exactly one image for a given content: no
 * gaps, no order left open, every unused byte zero. A reader can therefore refuse everything else.
 */
#ifndef IMAGE_FORMAT_H
#define IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are read and written in place");

#define IMAGE_MAGIC "\x89RTCR\r\n\x1a"
#define IMAGE_TRAILER_MAGIC "RTCR-END"

enum {
	IMAGE_MAGIC_SIZE = 8,
	IMAGE_VERSION = 1,
	IMAGE_PAGE = 4096,
	IMAGE_CHUNK_DEFAULT = 1024 * 1024,
	IMAGE_CHUNK_MAX = 64 * 1024 * 1024,
	IMAGE_FEATURES = 16,
	IMAGE_INDEX_MAX = 32,   /* kinds that one image can hold */
	IMAGE_TARGETS_MAX = 64, /* targets of one group */
	IMAGE_ALIGN = 8         /* of every record */
};

enum image_kernel { IMAGE_KERNEL_LINUX = 1, IMAGE_KERNEL_ARMV7 = 2 };
enum image_architecture { IMAGE_ARCHITECTURE_X86_64 = 1, IMAGE_ARCHITECTURE_ARMV7 = 2 };

/*
 * features on x86-64: CPUID 1.ecx, 1.edx, 7.ebx, 7.ecx, 7.edx, 0xd/1.eax, 0x80000001.ecx,
 * 0x80000001.edx (Intel SDM vol. 2, CPUID); xsave_mask is XCR0, xsave_size the bytes of a standard
 * XSAVE area under it. On ARMv7: the HWCAP word of Linux; the others are 0.
 */
struct image_header {
	uint8_t magic[IMAGE_MAGIC_SIZE];
	uint32_t version;
	uint32_t header_size;
	uint16_t kernel;             /* enum image_kernel */
	uint16_t architecture;       /* enum image_architecture */
	uint32_t page_size;          /* IMAGE_PAGE */
	uint32_t chunk_size;         /* multiple of page_size, at most IMAGE_CHUNK_MAX */
	uint32_t flags;              /* 0 */
	uint64_t generation;         /* at least 1 */
	uint64_t parent_generation;  /* the one before it, 0: none; below generation */
	uint64_t created_ns;         /* since 1970, UTC */
	uint64_t xsave_mask;
	uint32_t xsave_size;
	uint32_t feature_count;      /* words of features in use */
	uint32_t features[IMAGE_FEATURES];
	uint64_t parent_digest[2];   /* trailer digest of the parent, 0: none */
	uint8_t reserved[104];
};

/* All records of one kind. */
struct image_index {
	uint16_t kind;
	uint16_t flags;  /* those of each of its records */
	uint32_t count;
	uint64_t offset; /* in the file */
	uint64_t size;
};

struct image_trailer {
	uint64_t image_size;     /* of the whole file */
	uint64_t records_offset; /* sizeof(struct image_header) */
	uint64_t records_size;
	uint64_t memory_offset;
	uint64_t memory_size;    /* a multiple of IMAGE_PAGE */
	uint64_t chunks_offset;
	uint64_t chunk_count;    /* ceil(memory_size / chunk_size); the last chunk may be short */
	uint32_t record_count;
	uint32_t index_count;    /* entries of index in use; the rest is zero */
	struct image_index index[IMAGE_INDEX_MAX];
	uint64_t reserved[13];
	uint64_t digest[2];      /* low, high word; covers everything but the memory and what follows */
	uint8_t magic[IMAGE_MAGIC_SIZE];
};

_Static_assert(sizeof(struct image_header) == 256, "documented size");
_Static_assert(offsetof(struct image_header, chunk_size) == 24, "documented offset");
_Static_assert(offsetof(struct image_header, generation) == 32, "documented offset");
_Static_assert(offsetof(struct image_header, features) == 72, "documented offset");
_Static_assert(offsetof(struct image_header, parent_digest) == 136, "documented offset");
_Static_assert(sizeof(struct image_index) == 24, "documented size");
_Static_assert(sizeof(struct image_trailer) == 960, "documented size");
_Static_assert(offsetof(struct image_trailer, index) == 64, "documented offset");
_Static_assert(offsetof(struct image_trailer, digest) == 936, "documented offset");

#endif
