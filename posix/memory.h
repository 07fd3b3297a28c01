/* SPDX-License-Identifier: MIT */
/*
 * The program's address space: areas in order of address, none overlapping. An area is reserved (no rights ever, costs
 * nothing) or backed by pages of a chunk: a dataspace cut from its start, given back when no page of it is left, or
 * the program's ROM.
 */
#ifndef POSIX_MEMORY_H
#define POSIX_MEMORY_H

#include <framework/env.h>

enum { MEMORY_FIXED = 1, MEMORY_POPULATE = 2 };

/* [address, address + size) with `rights`, zeroed; what was there goes. -ENOMEM. */
long memory_map(uint64_t address, uint64_t size, uint32_t rights, uint32_t flags);

/* The same as a view of a ROM from `offset` on, without right to write; a later memory_protect may want that. */
long memory_map_rom(uint64_t address, uint64_t size, uint32_t rights, ds_t rom, uint64_t offset);

/* Somewhere in the area for mappings; returns the address. */
long memory_map_anywhere(uint64_t size, uint32_t rights, uint32_t flags);

long memory_protect(uint64_t address, uint64_t size, uint32_t rights);

/* Whether anything is there, with whatever rights. */
bool memory_mapped(uint64_t address);

/* Where brk starts. */
void memory_brk_set(uint64_t address);

#endif
