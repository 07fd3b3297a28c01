/* SPDX-License-Identifier: MIT */
/* Commands of SD cards: see card.h. Names are those of the specification, section 4.7. */
#include <framework/env.h>

#include "driver/sd/card.h"

enum {
	GO_IDLE_STATE = 0, ALL_SEND_CID = 2, SEND_RELATIVE_ADDR = 3, SELECT_CARD = 7, SEND_IF_COND = 8, SEND_CSD = 9,
	SEND_STATUS = 13, SET_BLOCKLEN = 16, READ_SINGLE_BLOCK = 17, READ_MULTIPLE_BLOCK = 18, WRITE_BLOCK = 24,
	WRITE_MULTIPLE_BLOCK = 25, APP_CMD = 55, APP_SET_BUS_WIDTH = 6, APP_SEND_OP_COND = 41
};
enum { CHECK_PATTERN = 0x1aa, VOLTAGES = 0x00ff8000, CAPACITY_HIGH = 1 << 30, START_TRIES = 200,
       READY_TRIES = 1000, WIDE = 2 };
#define POWERED_UP 0x80000000u
#define ADDRESS_MASK 0xffff0000u
enum { READY_FOR_DATA = 1 << 8, STATE_SHIFT = 9, STATE_MASK = 15, STATE_TRANSFER = 4, STATE_DATA = 5,
       STATE_RECEIVE = 6, PAUSE_NS = 5000000,
       BUSY_NS = 200000 };

static void pause_for(const struct card *card, uint64_t ns)
{
	uint32_t badges, count;
	err_t expected = signal_wait(card->sdhci->signal, clock_now() + ns, &badges, &count);

	(void)expected;
}

static err_t app_command(struct card *card, uint32_t index, uint32_t argument, enum sdhci_answer answer)
{
	err_t err = sdhci_command(card->sdhci, APP_CMD, card->address, ANSWER_CHECKED);

	return err == OK ? sdhci_command(card->sdhci, index, argument, answer) : err;
}

/* Wait until the card has powered up; it says then how it counts. */
static err_t power_up(struct card *card, bool newer)
{
	for (uint32_t i = 0; i < START_TRIES; i++) {
		err_t err = app_command(card, APP_SEND_OP_COND, VOLTAGES | (newer ? CAPACITY_HIGH : 0), ANSWER_PLAIN);
		if (err != OK)
			return err == ERR_TIMEOUT ? ERR_UNSUPPORTED : err;
		if (card->sdhci->answer[0] & POWERED_UP) {
			card->by_block = newer && card->sdhci->answer[0] & CAPACITY_HIGH;
			return OK;
		}
		pause_for(card, PAUSE_NS);
	}
	return ERR_TIMEOUT;
}

/* Bits [low, low + count) of the card specific data, of which the controller keeps [8, 128). */
static uint32_t csd_bits(const uint32_t *answer, uint32_t low, uint32_t count)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t bit = low - 8 + i;
		value |= (answer[bit / 32] >> bit % 32 & 1) << i;
	}
	return value;
}

static err_t capacity_read(struct card *card)
{
	const uint32_t *csd = card->sdhci->answer;
	err_t err = sdhci_command(card->sdhci, SEND_CSD, card->address, ANSWER_LONG);

	if (err != OK)
		return err;
	if (csd_bits(csd, 126, 2) == 1) {
		card->count = ((uint64_t)csd_bits(csd, 48, 22) + 1) * 1024;
		return OK;
	}
	uint32_t length = csd_bits(csd, 80, 4), multiplier = csd_bits(csd, 47, 3) + 2;
	if (csd_bits(csd, 126, 2) || length < 9 || length > 11)
		return ERR_UNSUPPORTED;
	card->count = ((uint64_t)csd_bits(csd, 62, 12) + 1) << (multiplier + length - 9);
	return OK;
}

static err_t identify(struct card *card)
{
	err_t err = sdhci_command(card->sdhci, GO_IDLE_STATE, 0, ANSWER_NONE);

	if (err != OK)
		return err;
	err = sdhci_command(card->sdhci, SEND_IF_COND, CHECK_PATTERN, ANSWER_CHECKED);
	if (err != OK && err != ERR_TIMEOUT)
		return err;
	err = power_up(card, err == OK);
	if (err == OK)
		err = sdhci_command(card->sdhci, ALL_SEND_CID, 0, ANSWER_LONG);
	if (err == OK)
		err = sdhci_command(card->sdhci, SEND_RELATIVE_ADDR, 0, ANSWER_CHECKED);
	card->address = card->sdhci->answer[0] & ADDRESS_MASK;
	return err;
}

err_t card_find(struct card *card, struct sdhci *sdhci)
{
	*card = (struct card){.sdhci = sdhci};
	err_t err = sdhci_start(sdhci);
	if (err == OK)
		err = identify(card);
	if (err == OK)
		err = capacity_read(card);
	if (err == OK)
		err = sdhci_command(sdhci, SELECT_CARD, card->address, ANSWER_BUSY);
	if (err == OK)
		err = sdhci_command(sdhci, SET_BLOCKLEN, SDHCI_BLOCK, ANSWER_CHECKED);
	if (err == OK)
		err = app_command(card, APP_SET_BUS_WIDTH, WIDE, ANSWER_CHECKED);
	return err == OK ? sdhci_speed_up(sdhci, true) : err;
}

static uint32_t argument_of(const struct card *card, uint64_t block)
{
	return (uint32_t)(card->by_block ? block : block * SDHCI_BLOCK);
}

/* The card is busy programming after the transfer; nothing interrupts when it ends, so it is asked now and then. */
static err_t programmed_await(struct card *card)
{
	for (uint32_t i = 0; i < READY_TRIES; i++) {
		err_t err = sdhci_command(card->sdhci, SEND_STATUS, card->address, ANSWER_CHECKED);
		uint32_t status = card->sdhci->answer[0];
		if (err != OK)
			return err;
		if (status & READY_FOR_DATA && (status >> STATE_SHIFT & STATE_MASK) == STATE_TRANSFER)
			return OK;
		pause_for(card, BUSY_NS);
	}
	return ERR_IO;
}

/* The transfer failed. A card that sends or awaits data still is told to stop, so that it takes the next command. */
static err_t transfer_end(struct card *card, err_t why)
{
	err_t err = sdhci_command(card->sdhci, SEND_STATUS, card->address, ANSWER_CHECKED);
	uint32_t state = card->sdhci->answer[0] >> STATE_SHIFT & STATE_MASK;

	if (err == OK && (state == STATE_DATA || state == STATE_RECEIVE))
		err = sdhci_stop(card->sdhci);
	if (err == OK)
		err = programmed_await(card);
	(void)err;   /* if it does not recover, the next transfer fails too */
	return why;
}

err_t card_read(struct card *card, uint64_t first, void *bytes, uint32_t count)
{
	err_t err = sdhci_transfer(card->sdhci, count > 1 ? READ_MULTIPLE_BLOCK : READ_SINGLE_BLOCK, argument_of(card, first), bytes,
	                           count, false);

	return err == OK ? OK : transfer_end(card, err);
}

err_t card_write(struct card *card, uint64_t first, const void *bytes, uint32_t count)
{
	err_t err = sdhci_transfer(card->sdhci, count > 1 ? WRITE_MULTIPLE_BLOCK : WRITE_BLOCK, argument_of(card, first),
	                           (void *)(addr_t)bytes, count, true);

	return err == OK ? programmed_await(card) : transfer_end(card, err);
}
