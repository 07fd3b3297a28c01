/* SPDX-License-Identifier: MIT */
/*
 * The SD host controller of the Zynq-7000 (SD Host Controller Simplified Specification 2.00; UG585, chapter 13). Every wait
 * is for an interrupt. Data goes through the controller's buffer by the processor, never by DMA: so this driver needs no
 * bus addresses, and a mistake in it or a lie of the card reaches no memory but its own.
 */
#ifndef DRIVER_SD_SDHCI_H
#define DRIVER_SD_SDHCI_H

#include "driver/device.h"

enum { SDHCI_BLOCK = 512 };

/* How a command is answered. */
enum sdhci_answer {
	ANSWER_NONE = 0x00,
	ANSWER_LONG = 0x09,       /* 136 bits, checked */
	ANSWER_PLAIN = 0x02,      /* 48 bits, not checked: R3 */
	ANSWER_CHECKED = 0x1a,    /* 48 bits with index: R1, R6, R7 */
	ANSWER_BUSY = 0x1b        /* and the card may be busy: R1b */
};

struct sdhci {
	struct device device;
	signal_t signal;          /* interrupts of it alone */
	uint32_t answer[4];       /* of the last command, low word first */
};

/* Reset; power on, one data line, clock for identification. The device was opened. ERR_NOT_FOUND: no card. */
err_t sdhci_start(struct sdhci *sdhci) MUST_CHECK;

/* The clock for transfers, and `wide`: four data lines. */
err_t sdhci_speed_up(struct sdhci *sdhci, bool wide) MUST_CHECK;

/* ERR_TIMEOUT: no answer; ERR_IO. */
err_t sdhci_command(struct sdhci *sdhci, uint32_t index, uint32_t argument, enum sdhci_answer answer) MUST_CHECK;

/*
 * A command with `count` blocks of data, at most 256. After an error the lines are reset, but the card may be amid the
 * transfer still: then sdhci_stop ends it (section 3.8 of the specification, abort transaction). It is busy after a write.
 */
err_t sdhci_transfer(struct sdhci *sdhci, uint32_t index, uint32_t argument, void *bytes, uint32_t count, bool write)
	MUST_CHECK;
err_t sdhci_stop(struct sdhci *sdhci) MUST_CHECK;

#endif
