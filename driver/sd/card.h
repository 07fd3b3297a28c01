/* SPDX-License-Identifier: MIT */
/* The card in the slot (SD Physical Layer Simplified Specification 2.00 and later): found once, then read and written. */
#ifndef DRIVER_SD_CARD_H
#define DRIVER_SD_CARD_H

#include "driver/sd/sdhci.h"

struct card {
	struct sdhci *sdhci;
	uint32_t address;          /* on the bus, in the upper half */
	bool by_block;             /* addresses count blocks, not bytes */
	uint64_t count;            /* of blocks */
};

/* ERR_NOT_FOUND: no card; ERR_UNSUPPORTED: one of another kind. */
err_t card_find(struct card *card, struct sdhci *sdhci) MUST_CHECK;

/* Blocks that are there, 1 to 256 of them. A write is answered when the card has programmed it. */
err_t card_read(struct card *card, uint64_t first, void *bytes, uint32_t count) MUST_CHECK;
err_t card_write(struct card *card, uint64_t first, const void *bytes, uint32_t count) MUST_CHECK;

#endif
