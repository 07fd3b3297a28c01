/* SPDX-License-Identifier: MIT */
/*
 * sd_test: the driver (card.c, sdhci.c) with a controller and a card that are played here, with errors of data amid transfers,
 * which an emulator does not have. Every access to a register is caught: its page cannot be touched, so Linux tells of the
 * access before it is done, the page is opened for that one instruction, and what was written is looked at afterwards.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <kernel/thread.h>

#include "driver/sd/card.h"

enum { PAGE = 4096, BLOCKS = 64, WORDS = SDHCI_BLOCK / 4, STEP_FLAG = 0x100, ERR_WRITE = 2 };
enum { ARGUMENT = 0x08, MODE = 0x0c, COMMAND = 0x0e, ANSWER = 0x10, DATA = 0x20, PRESENT = 0x24, CLOCK = 0x2c, RESET = 0x2f,
       STATUS = 0x30, ERRORS = 0x32 };
enum { DONE = 1, MOVED = 2, CAN_WRITE = 16, CAN_READ = 32, FAILED = 1 << 15, NO_ANSWER = 1, DATA_CRC = 1 << 5 };
enum { TRAN = 4, SENDING = 5, RECEIVING = 6 };

static uint8_t *page, before[PAGE];
static uint32_t touched;
static bool writes;
static uint64_t now;
static uint32_t failures;

static struct {
	uint32_t block[BLOCKS][WORDS];
	uint32_t state, at, left, word, stops;
	uint32_t fail_in;          /* blocks until an error; 0: none */
	bool stuck;                /* the controller's line of data, until it is reset */
} sim;

static void must(bool right, const char *what)
{
	if (right)
		return;
	printf("failed: %s\n", what);
	failures++;
}

static uint16_t *half(uint32_t offset)
{
	return (uint16_t *)(void *)(page + offset);
}

static uint32_t *word_at(uint32_t offset)
{
	return (uint32_t *)(void *)(page + offset);
}

static void fail(uint16_t error)
{
	*half(ERRORS) |= error;
	*half(STATUS) |= FAILED;
}

/* The next block can be moved, or goes wrong, or there is none. */
static void block_next(void)
{
	sim.word = 0;
	if (sim.fail_in && !--sim.fail_in) {
		sim.stuck = true;
		fail(DATA_CRC);
	} else if (sim.left) {
		*half(STATUS) |= sim.state == SENDING ? CAN_READ : CAN_WRITE;
	} else {
		sim.state = TRAN;
		*half(STATUS) |= MOVED;
	}
}

static void transfer_begin(uint32_t state)
{
	sim.state = state;
	sim.at = *word_at(ARGUMENT);
	sim.left = *half(0x06);
	block_next();
}

static void command_done(uint32_t answer)
{
	*word_at(ANSWER) = answer;
	*half(STATUS) |= DONE;
}

/* Amid a transfer a card hears of nothing but its state and the end (Physical Layer 2.00, table 4-28). */
static void command_do(uint32_t index)
{
	bool amid = sim.state == SENDING || sim.state == RECEIVING, data = *half(COMMAND) & 0x20;

	if ((amid && index != 12 && index != 13) || (data && sim.stuck) || (!amid && index == 12)) {
		fail(NO_ANSWER);
		return;
	}
	command_done(sim.state << 9 | 1 << 8);
	switch (index) {
	case 2: case 3: *word_at(ANSWER) = 0x10000; break;
	case 9: memset(page + ANSWER, 0, 16); *word_at(ANSWER + 12) = 1u << 22; break;
	case 41: *word_at(ANSWER) = 0xc0000000; break;
	case 7: sim.state = TRAN; *half(STATUS) |= MOVED; break;
	case 12: sim.state = TRAN; sim.stops++; break;
	case 17: case 18: transfer_begin(SENDING); break;
	case 24: case 25: transfer_begin(RECEIVING); break;
	default: break;
	}
}

static void data_moved(bool write)
{
	if (write)
		sim.block[sim.at % BLOCKS][sim.word % WORDS] = *word_at(DATA);
	if (++sim.word < WORDS)
		return;
	sim.at++;
	sim.left--;
	block_next();
}

/* Bits that are written as one are cleared. */
static void bits_cleared(uint32_t offset)
{
	uint16_t was;

	memcpy(&was, before + offset, sizeof was);
	*half(offset) = was & (uint16_t)~*half(offset);
}

static void on_touch(int number, siginfo_t *info, void *context)
{
	ucontext_t *machine = context;
	uintptr_t at = (uintptr_t)info->si_addr - (uintptr_t)page;

	(void)number;
	if (at >= PAGE)
		signal(SIGSEGV, SIG_DFL);
	mprotect(page, PAGE, PROT_READ | PROT_WRITE);
	touched = (uint32_t)at;
	writes = machine->uc_mcontext.gregs[REG_ERR] & ERR_WRITE;
	*word_at(PRESENT) = 1 << 16;
	if (touched == DATA && !writes)
		*word_at(DATA) = sim.block[sim.at % BLOCKS][sim.word % WORDS];
	memcpy(before, page, PAGE);
	machine->uc_mcontext.gregs[REG_EFL] |= STEP_FLAG;
}

static void on_step(int number, siginfo_t *info, void *context)
{
	ucontext_t *machine = context;

	(void)number;
	(void)info;
	machine->uc_mcontext.gregs[REG_EFL] &= ~STEP_FLAG;
	if (touched == DATA)
		data_moved(writes);
	if (touched == COMMAND && writes)
		command_do(*half(COMMAND) >> 8);
	if ((touched == STATUS || touched == ERRORS) && writes)
		bits_cleared(touched);
	if (touched == CLOCK && writes)
		*half(CLOCK) |= 2;
	if (touched == RESET && writes) {
		if (page[RESET] & 4)
			sim.stuck = false;
		page[RESET] = 0;
	}
	mprotect(page, PAGE, PROT_NONE);
}

void device_acknowledge(const struct device *device) { (void)device; }
void thread_yield(void) { }
uint64_t clock_now(void) { return now; }

/* Nothing happens by itself: what has not come yet does not come. */
err_t signal_wait(signal_t signal, uint64_t deadline, uint32_t *badges, uint32_t *count)
{
	(void)signal;
	(void)badges;
	(void)count;
	now = deadline > now ? deadline : now;
	return ERR_TIMEOUT;
}

static void blocks_fill(void)
{
	for (uint32_t i = 0; i < BLOCKS * WORDS; i++)
		sim.block[i / WORDS][i % WORDS] = i * 2654435761u;
}

static bool readable(struct card *card, uint32_t first, uint32_t count)
{
	static uint32_t bytes[BLOCKS * WORDS];

	memset(bytes, 0, sizeof bytes);
	return card_read(card, first, bytes, count) == OK && memcmp(bytes, sim.block[first], count * SDHCI_BLOCK) == 0;
}

/* An error at each block of a transfer; after it the card reads and writes as before. */
static void errors_test(struct card *card, uint32_t count, bool write)
{
	static uint32_t bytes[BLOCKS * WORDS];

	for (uint32_t at = 1; at <= count; at++) {
		blocks_fill();
		memset(bytes, (int)at, sizeof bytes);
		sim.stops = 0;
		sim.fail_in = at;
		err_t err = write ? card_write(card, 3, bytes, count) : card_read(card, 3, bytes, count);
		must(err == ERR_IO, "an error of data is not told");
		must(sim.stops == 1, "the transfer is not stopped, or more than once");
		must(readable(card, 1, 5), "several blocks cannot be read after an error");
		must(readable(card, 9, 1), "a block cannot be read after an error");
		must(card_write(card, 20, bytes, 4) == OK && memcmp(sim.block[20], bytes, 4 * SDHCI_BLOCK) == 0,
		     "blocks cannot be written after an error");
		sim.state = TRAN;
		sim.fail_in = 0;
		sim.stuck = false;
	}
}

int main(void)
{
	struct sigaction touch = {.sa_sigaction = on_touch, .sa_flags = SA_SIGINFO}, step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	struct sdhci sdhci = {0};
	struct card card;

	page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || sigaction(SIGSEGV, &touch, NULL) < 0 || sigaction(SIGTRAP, &step, NULL) < 0)
		return 2;
	sdhci.device.registers = (addr_t)page;
	blocks_fill();
	must(card_find(&card, &sdhci) == OK && card.by_block, "the card is not found");
	must(readable(&card, 0, 8) && readable(&card, 7, 1) && !sim.stops, "a card that is well cannot be read");
	errors_test(&card, 8, false);
	errors_test(&card, 8, true);
	errors_test(&card, 1, false);
	errors_test(&card, 1, true);
	printf("sd: %u failed\n", failures);
	return failures ? 1 : 0;
}
