/* SPDX-License-Identifier: MIT */
/* Registers of the SD host controller: see sdhci.h. */
#include <framework/memory.h>
#include <kernel/thread.h>

#include "driver/sd/sdhci.h"

enum {
	BLOCK_LENGTH = 0x04, BLOCK_COUNT = 0x06, ARGUMENT = 0x08, MODE = 0x0c, COMMAND = 0x0e, ANSWER = 0x10, DATA = 0x20,
	PRESENT = 0x24, HOST = 0x28, POWER = 0x29, CLOCK = 0x2c, TIMEOUT = 0x2e, RESET = 0x2f, STATUS = 0x30, ERRORS = 0x32,
	STATUS_ENABLE = 0x34, ERRORS_ENABLE = 0x36, SIGNAL_ENABLE = 0x38, ERRORS_SIGNAL = 0x3a
};
enum { COMMAND_DONE = 1 << 0, TRANSFER_DONE = 1 << 1, CAN_WRITE = 1 << 4, CAN_READ = 1 << 5, FAILED = 1 << 15 };
enum { STATUS_WANTED = COMMAND_DONE | TRANSFER_DONE | CAN_WRITE | CAN_READ, ERROR_NO_ANSWER = 1 << 0, ERRORS_ALL = 0x1ff };
enum { MODE_COUNT = 1 << 1, MODE_STOP = 1 << 2, MODE_READ = 1 << 4, MODE_SEVERAL = 1 << 5, COMMAND_DATA = 1 << 5,
       COMMAND_ABORT = 3 << 6 };
enum { RESET_ALL = 1, RESET_LINES = 6, CARD_INSERTED = 1 << 16, POWER_3V3 = 0x0f, TIMEOUT_LONGEST = 14, HOST_WIDE = 1 << 1 };
enum { CLOCK_INTERNAL = 1, CLOCK_STABLE = 2, CLOCK_CARD = 4, DIVIDE_IDENTIFY = 0x80 << 8, DIVIDE_TRANSFER = 0x01 << 8 };
#define PATIENCE_NS 1000000000ull
enum { TRIES = 1000, STOP_TRANSMISSION = 12 };

/* Until the bits of a register that no interrupt tells of are clear or set: a few clocks of the controller. */
static err_t settle(volatile uint16_t *half, uint16_t bits, uint16_t wanted)
{
	for (uint32_t i = 0; i < TRIES; i++) {
		if ((*half & bits) == wanted)
			return OK;
		thread_yield();
	}
	return ERR_TIMEOUT;
}

static err_t reset(struct sdhci *sdhci, uint8_t what)
{
	/* The register is the upper byte of a half word. */
	*device_byte(&sdhci->device, RESET) = what;
	return settle(device_half(&sdhci->device, TIMEOUT), (uint16_t)(what << 8), 0);
}

static err_t clock_set(struct sdhci *sdhci, uint16_t divide)
{
	volatile uint16_t *clock = device_half(&sdhci->device, CLOCK);

	*clock = 0;
	*clock = divide | CLOCK_INTERNAL;
	err_t err = settle(clock, CLOCK_STABLE, CLOCK_STABLE);
	if (err == OK)
		*clock = divide | CLOCK_INTERNAL | CLOCK_CARD;
	return err;
}

err_t sdhci_start(struct sdhci *sdhci)
{
	err_t err = reset(sdhci, RESET_ALL);

	if (err != OK)
		return err;
	if (!(*device_word(&sdhci->device, PRESENT) & CARD_INSERTED))
		return ERR_NOT_FOUND;
	*device_byte(&sdhci->device, POWER) = POWER_3V3;
	*device_byte(&sdhci->device, TIMEOUT) = TIMEOUT_LONGEST;
	*device_half(&sdhci->device, STATUS_ENABLE) = STATUS_WANTED;
	*device_half(&sdhci->device, ERRORS_ENABLE) = ERRORS_ALL;
	*device_half(&sdhci->device, SIGNAL_ENABLE) = STATUS_WANTED;
	*device_half(&sdhci->device, ERRORS_SIGNAL) = ERRORS_ALL;
	return clock_set(sdhci, DIVIDE_IDENTIFY);
}

err_t sdhci_speed_up(struct sdhci *sdhci, bool wide)
{
	*device_byte(&sdhci->device, HOST) = wide ? HOST_WIDE : 0;
	return clock_set(sdhci, DIVIDE_TRANSFER);
}

/* The lines of commands and data, so that the next command finds them free, and nothing of what was before is told. */
static err_t lines_reset(struct sdhci *sdhci)
{
	err_t err = reset(sdhci, RESET_LINES);

	*device_half(&sdhci->device, ERRORS) = ERRORS_ALL;
	*device_half(&sdhci->device, STATUS) = STATUS_WANTED | FAILED;
	return err;
}

static err_t failure(struct sdhci *sdhci)
{
	uint16_t errors = *device_half(&sdhci->device, ERRORS);
	err_t ignored = lines_reset(sdhci);

	(void)ignored;
	return errors & ERROR_NO_ANSWER ? ERR_TIMEOUT : ERR_IO;
}

/* Wait until the controller says `what`, by interrupt. */
static err_t await(struct sdhci *sdhci, uint16_t what)
{
	uint64_t until = clock_now() + PATIENCE_NS;
	uint32_t badges, count;

	for (;;) {
		uint16_t status = *device_half(&sdhci->device, STATUS);
		if (status & FAILED)
			return failure(sdhci);
		if (status & what) {
			*device_half(&sdhci->device, STATUS) = what;
			return OK;
		}
		device_acknowledge(&sdhci->device);
		if (signal_wait(sdhci->signal, until, &badges, &count) != OK)
			return failure(sdhci) == ERR_TIMEOUT ? ERR_TIMEOUT : ERR_IO;
	}
}

static err_t command_send(struct sdhci *sdhci, uint32_t index, uint32_t argument, uint32_t flags)
{
	*device_word(&sdhci->device, ARGUMENT) = argument;
	*device_half(&sdhci->device, COMMAND) = (uint16_t)(index << 8 | flags);
	err_t err = await(sdhci, COMMAND_DONE);
	for (uint32_t i = 0; i < 4; i++)
		sdhci->answer[i] = *device_word(&sdhci->device, ANSWER + 4 * i);
	return err;
}

err_t sdhci_command(struct sdhci *sdhci, uint32_t index, uint32_t argument, enum sdhci_answer answer)
{
	*device_half(&sdhci->device, MODE) = 0;
	err_t err = command_send(sdhci, index, argument, answer);
	return err == OK && answer == ANSWER_BUSY ? await(sdhci, TRANSFER_DONE) : err;
}

err_t sdhci_stop(struct sdhci *sdhci)
{
	*device_half(&sdhci->device, MODE) = 0;
	err_t err = command_send(sdhci, STOP_TRANSMISSION, 0, ANSWER_CHECKED | COMMAND_ABORT);
	/* What the card sent until it heard that. */
	return err == OK ? lines_reset(sdhci) : err;
}

static void block_move(struct sdhci *sdhci, uint8_t *bytes, bool write)
{
	volatile uint32_t *data = device_word(&sdhci->device, DATA);
	uint32_t word;

	for (uint32_t at = 0; at < SDHCI_BLOCK; at += sizeof word) {
		if (write) {
			memcpy(&word, bytes + at, sizeof word);
			*data = word;
		} else {
			word = *data;
			memcpy(bytes + at, &word, sizeof word);
		}
	}
}

err_t sdhci_transfer(struct sdhci *sdhci, uint32_t index, uint32_t argument, void *bytes, uint32_t count, bool write)
{
	uint32_t mode = MODE_COUNT | (write ? 0 : MODE_READ) | (count > 1 ? MODE_SEVERAL | MODE_STOP : 0);

	*device_half(&sdhci->device, BLOCK_LENGTH) = SDHCI_BLOCK;
	*device_half(&sdhci->device, BLOCK_COUNT) = (uint16_t)count;
	*device_half(&sdhci->device, MODE) = (uint16_t)mode;
	err_t err = command_send(sdhci, index, argument, ANSWER_CHECKED | COMMAND_DATA);
	for (uint32_t i = 0; i < count && err == OK; i++) {
		err = await(sdhci, write ? CAN_WRITE : CAN_READ);
		if (err == OK)
			block_move(sdhci, (uint8_t *)bytes + i * SDHCI_BLOCK, write);
	}
	return err == OK ? await(sdhci, TRANSFER_DONE) : err;
}
