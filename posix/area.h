/* SPDX-License-Identifier: MIT */
/* The areas behind memory.h, for the calls on them. */
#ifndef POSIX_AREA_H
#define POSIX_AREA_H

#include <posix/machine.h>

#include "posix/memory.h"

/* Memory of the program's own; its ROM: not writable, never given back; content of a file that is mapped shared. */
enum chunk_kind { CHUNK_OWN, CHUNK_ROM, CHUNK_FILE };

/* From this size on pages are given back rather than cleared. */
#define DISCARD_FROM ((uint64_t)64 << 10)

struct chunk {
	ds_t ds;
	uint64_t size, used, live;     /* bytes: of it, cut so far, still in areas */
	enum chunk_kind kind;
};

struct area {
	uint64_t start, end;
	uint64_t offset;               /* in the chunk */
	struct chunk *chunk;           /* NULL: reserved */
	uint32_t rights;
	bool kept;                     /* MEMORY_KEPT */
};

struct areas {
	struct area *area;
	uint32_t count, capacity;
};
extern struct areas areas;

/* The first area that ends behind `address`. */
uint32_t area_after(uint64_t address);
bool area_free(uint64_t address, uint64_t size);
long area_unmap(uint64_t address, uint64_t size);
long area_place(uint64_t size, uint64_t *address);

/* Show [from, from + size), all of it in areas, at `to`, which is free, instead. */
long area_move(uint64_t from, uint64_t size, uint64_t to);

#endif
