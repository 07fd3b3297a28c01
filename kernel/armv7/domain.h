/* SPDX-License-Identifier: MIT */
/*
 * What this kernel adds to a protection domain, all of it in the donation:
 *
 *      struct pd, struct pd_machine | slots | pool: translation table, page tables, threads
 */
#ifndef KERNEL_ARMV7_DOMAIN_H
#define KERNEL_ARMV7_DOMAIN_H

#include "kernel/armv7/pool.h"
#include "kernel/object/thread.h"

struct pd_machine {
	uint32_t donated;      /* bytes */
	uint32_t *table;       /* first level: 2,048 entries, one per MiB */
	uint32_t asid;         /* address space identifier, valid in ... */
	uint32_t generation;   /* ... this generation of identifiers */
	struct pool pool;
};

/* Make `pd` (NULL: none) the address space of the processor. */
void domain_enter(struct pd *pd);

/* Forget what the processor may know of the page at `address`, or of all of them. */
void domain_flush_page(const struct pd *pd, uint32_t address);
void domain_flush(const struct pd *pd);

/* The domain whose end is the end of the machine. */
extern struct pd *first_pd;

#endif
