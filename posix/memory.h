/* SPDX-License-Identifier: MIT */
/*
 * The program's address space: areas in order of address, none overlapping. An area is reserved (no rights ever, costs
 * nothing) or backed by pages of a chunk: a dataspace cut from its start, given back when no page of it is left, the
 * program's ROM, or what a file that is mapped shared holds.
 */
#ifndef POSIX_MEMORY_H
#define POSIX_MEMORY_H

#include <framework/env.h>

/* MEMORY_KEPT: of a file, or shared: what the program discards there stays as it is. */
enum { MEMORY_FIXED = 1, MEMORY_POPULATE = 2, MEMORY_KEPT = 4 };

/* [address, address + size) with `rights`, zeroed; what was there goes. -ENOMEM. */
long memory_map(uint64_t address, uint64_t size, uint32_t rights, uint32_t flags);

/* The same as a view of a chunk from `offset` on; of a ROM's without right to write, which memory_protect may want later. */
struct chunk;
long memory_map_chunk(uint64_t address, uint64_t size, uint32_t rights, struct chunk *chunk, uint64_t offset);
struct chunk *chunk_rom(ds_t rom);

/* A chunk for the content of a file, which the library sees too; NULL: no memory. */
struct chunk *chunk_share(uint64_t size, uint8_t **view);
void chunk_unshare(struct chunk *chunk, uint8_t *view);
uint64_t chunk_size(const struct chunk *chunk);
bool chunk_mapped(const struct chunk *chunk);     /* by the program */

/* Somewhere in the area for mappings; returns the address. */
long memory_map_anywhere(uint64_t size, uint32_t rights, uint32_t flags);

long memory_protect(uint64_t address, uint64_t size, uint32_t rights);

/* Whether anything is there, with whatever rights. */
bool memory_mapped(uint64_t address);

/* Where brk starts. */
void memory_brk_set(uint64_t address);

#endif
