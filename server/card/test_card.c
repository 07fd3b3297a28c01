/* SPDX-License-Identifier: MIT */
/*
 * card_test [ROUNDS]: files on a card (server/card/) that loses power. In each round one process works on a card and stops at
 * any moment, also in the middle of a sync; of the blocks that were not synced any may be written and any not; then another
 * process opens what is left:
 *
 *    the card is exactly as it was at the sync that its generation says, which is the last one that was answered, or the
 *    one that was under way: names, sizes and bytes; and it takes files again.
 *
 * Then: a card that is full, one whose room is scattered, somebody else's, and tables that lie.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <framework/env.h>
#include <image/digest.h>

#include "server/card/disk.h"
#include "server/card/volume.h"
#include "server/host.h"

enum { UNITS = 400, BLOCKS = CARD_UNITS + UNITS * CARD_UNIT_BLOCKS, NAMES = 12, GENERATIONS = 200, WRITES = 4096 };

struct file_model {
	bool there;
	uint32_t size, seed;
};

/* Shared by the processes of a round. */
static struct shared {
	uint8_t block[BLOCKS][CARD_BLOCK];            /* durable */
	uint32_t write_count;                         /* not synced yet */
	struct {
		uint32_t place;
		uint8_t bytes[CARD_BLOCK];
	} write[WRITES];
	uint64_t synced;                              /* generation of the last sync that was answered */
	struct file_model model[GENERATIONS][NAMES];  /* what each generation is to hold */
	uint32_t moves_left;                          /* until the power is lost */
	uint32_t blocks;
} *shared;

static uint8_t buffer[DISK_BLOCKS * CARD_BLOCK] __attribute__((aligned(16)));
static unsigned seed = 1;

void log_line(const char *format, ...)
{
	(void)format;
}

uint64_t clock_real(void)
{
	return 1;
}

err_t disk_open(uint64_t *block_count)
{
	*block_count = shared->blocks;
	return OK;
}

uint8_t *disk_buffer(void)
{
	return buffer;
}

static void must(bool right, const char *what)
{
	if (right)
		return;
	printf("FAILED: %s\n", what);
	fflush(stdout);
	_exit(1);
}

static const uint8_t *block_seen(uint32_t place)
{
	for (uint32_t i = shared->write_count; i--;)
		if (shared->write[i].place == place)
			return shared->write[i].bytes;
	return shared->block[place];
}

err_t disk_read(uint64_t first, uint32_t at, uint32_t count)
{
	must(at + count <= DISK_BLOCKS && count && first + count <= shared->blocks, "a read beyond buffer or card");
	for (uint32_t i = 0; i < count; i++)
		memcpy(buffer + (at + i) * CARD_BLOCK, block_seen((uint32_t)first + i), CARD_BLOCK);
	return OK;
}

/* At any moment, and often at the one that matters most: a header is written. */
static void power_look(bool header)
{
	if (shared->moves_left && (!--shared->moves_left || (header && rand_r(&seed) % 6 == 0)))
		_exit(0);
}

err_t disk_write(uint64_t first, uint32_t at, uint32_t count)
{
	must(at + count <= DISK_BLOCKS && count && first + count <= shared->blocks, "a write beyond buffer or card");
	for (uint32_t i = 0; i < count; i++) {
		must(shared->write_count < WRITES, "the test is too small");
		shared->write[shared->write_count].place = (uint32_t)first + i;
		memcpy(shared->write[shared->write_count++].bytes, buffer + (at + i) * CARD_BLOCK, CARD_BLOCK);
		power_look(first < 2);
	}
	return OK;
}

static void writes_land(bool all)
{
	for (uint32_t i = 0; i < shared->write_count; i++)
		if (all || rand_r(&seed) % 2)
			memcpy(shared->block[shared->write[i].place], shared->write[i].bytes, CARD_BLOCK);
	shared->write_count = 0;
}

err_t disk_sync(void)
{
	writes_land(true);
	power_look(false);
	return OK;
}

static void name_of(uint32_t n, char *name)
{
	sprintf(name, "file-%u", n);
}

static uint8_t byte_of(uint32_t file_seed, uint32_t at)
{
	return (uint8_t)((file_seed + at) * 2654435761u >> 13);
}

static uint32_t chance(uint32_t of)
{
	return (uint32_t)rand_r(&seed) % of;
}

/* Half of the files lie in a directory. */
static int place_of(uint32_t n)
{
	if (n % 2)
		return HOST_GRANT;
	long made = host_make_directory(HOST_GRANT, "inner", 0700);
	must(made == 0 || made == -HOST_EEXIST, "a directory cannot be made");
	long directory = host_open(HOST_GRANT, "inner", HOST_DIRECTORY, 0);
	must(directory > 0, "the directory cannot be opened");
	return (int)directory;
}

static void place_leave(int place)
{
	if (place != HOST_GRANT)
		host_close(place);
}

static void file_append(uint32_t n, struct file_model *model, bool fresh)
{
	char name[32];
	static uint8_t bytes[300000];
	uint32_t size = chance(3) ? chance(6000) : chance((uint32_t)sizeof bytes / 8);
	int place = place_of(n);

	name_of(n, name);
	long file = host_open(place, fresh ? "new" : name, HOST_READ_WRITE | HOST_CREATE | (fresh ? HOST_TRUNCATE : 0), 0600);
	must(file > 0, "a file cannot be made");
	if (fresh || !model->there)
		*model = (struct file_model){true, 0, chance(1000000)};
	for (uint32_t i = 0; i < size; i++)
		bytes[i] = byte_of(model->seed, model->size + i);
	must(host_write_at((int)file, bytes, size, model->size) == 0, "a file cannot be written");
	model->size += size;
	must(!fresh || host_rename(place, "new", place, name) == 0, "a file cannot be renamed");
	host_close((int)file);
	place_leave(place);
}

static void file_remove(uint32_t n, struct file_model *model)
{
	char name[32];
	int place = place_of(n);

	name_of(n, name);
	must(host_unlink(place, name, false) == 0, "a file cannot be removed");
	model->there = false;
	place_leave(place);
}

static void model_sync(const struct file_model *model)
{
	uint64_t next = volume.generation + 1;

	must(next < GENERATIONS, "the test is too small");
	memcpy(shared->model[next], model, sizeof shared->model[next]);
	must(host_sync(HOST_GRANT) == 0, "a sync fails");
	shared->synced = volume.generation;
}

static bool any(void *context, const char *name)
{
	(void)context;
	(void)name;
	return true;
}

/* Until the power is lost. What is there was synced. */
static void work(void)
{
	struct file_model model[NAMES];

	must(host_list(HOST_GRANT, any, NULL) == 0, "the card cannot be opened");
	shared->synced = volume.generation;
	memcpy(model, shared->model[volume.generation], sizeof model);
	for (uint32_t steps = 0; steps < 40; steps++) {
		uint32_t n = chance(NAMES), what = chance(10);
		uint64_t all = 0;
		for (uint32_t i = 0; i < NAMES; i++)
			all += model[i].there ? model[i].size : 0;
		if (model[n].there && (what < 2 || all > UNITS * CARD_UNIT / 4))
			file_remove(n, &model[n]);
		else if (what < 8)
			file_append(n, &model[n], what < 5);
		else
			model_sync(model);
		if (shared->write_count > WRITES / 2)
			model_sync(model);
	}
	_exit(0);
}

static void file_check(uint32_t n, const struct file_model *model)
{
	static uint8_t bytes[BLOCKS * CARD_BLOCK];
	struct host_status status;
	char name[32];

	name_of(n, name);
	long place = n % 2 ? HOST_GRANT : host_open(HOST_GRANT, "inner", HOST_DIRECTORY, 0);
	long file = place > 0 ? host_open((int)place, name, HOST_READ, 0) : -HOST_ENOENT;
	must(model->there ? file > 0 : file == -HOST_ENOENT, "a file is there that is not to be, or is not");
	if (!model->there)
		return;
	must(host_status((int)file, &status) == 0 && status.size == model->size, "a file has another size");
	must(host_read_at((int)file, bytes, status.size, 0) == 0, "a file cannot be read");
	for (uint32_t i = 0; i < model->size; i++)
		must(bytes[i] == byte_of(model->seed, i), "a file has other bytes");
}

static void inspect(void)
{
	shared->moves_left = 0;
	must(host_list(HOST_GRANT, any, NULL) == 0, "the card cannot be opened");
	must(volume.generation == shared->synced || volume.generation == shared->synced + 1, "a generation is lost");
	for (uint32_t n = 0; n < NAMES; n++)
		file_check(n, &shared->model[volume.generation][n]);
	_exit(0);
}

static bool run(void (*what)(void))
{
	int status = 1;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		what();
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Several lives of one card. */
static bool round_pass(uint32_t number)
{
	memset(shared, 0, sizeof *shared);
	shared->blocks = BLOCKS;
	for (uint32_t life = 0; life < 5; life++) {
		seed = number * 16 + life + 1;
		shared->moves_left = 1 + chance(900);
		if (!run(work))
			return false;
		writes_land(false);
		if (!run(inspect))
			return false;
	}
	return true;
}

static void card_start(uint32_t units)
{
	memset(shared, 0, sizeof *shared);
	shared->blocks = CARD_UNITS + units * CARD_UNIT_BLOCKS;
}

static void full(void)
{
	static uint8_t bytes[64 * CARD_UNIT];
	char name[32];
	uint32_t n = 0;

	long file = host_open(HOST_GRANT, "all", HOST_READ_WRITE | HOST_CREATE, 0600);
	must(host_write_at((int)file, bytes, 65 * CARD_UNIT, 0) == -HOST_ENOSPC, "more fits than there is");
	must(host_write_at((int)file, bytes, 64 * CARD_UNIT, 0) == 0, "a card cannot be filled");
	must(host_write_at((int)file, bytes, 1, 64 * CARD_UNIT) == -HOST_ENOSPC, "more fits than there is");
	must(host_write_at((int)file, bytes, 1, UINT64_MAX) == -HOST_ENOSPC, "a place beyond all");
	must(host_unlink(HOST_GRANT, "all", false) == 0 && host_read_at((int)file, bytes, 100, 64 * CARD_UNIT - 100) == 0,
	     "an unlinked file that is open cannot be read");
	must(host_close((int)file) == 0 && host_close((int)file) < 0, "closing");
	for (; n < 64; n++) {
		name_of(n, name);
		file = host_open(HOST_GRANT, name, HOST_READ_WRITE | HOST_CREATE | HOST_EXCLUSIVE, 0600);
		must(host_write_at((int)file, bytes, 1, 0) == 0 && host_close((int)file) == 0, "what was left is not free again");
		if (n % 8 == 0)
			must(host_sync(HOST_GRANT) == 0, "a sync fails");
	}
	for (n = 0; n < 64; n += 2) {
		name_of(n, name);
		must(host_unlink(HOST_GRANT, name, false) == 0, "a file cannot be removed");
	}
	file = host_open(HOST_GRANT, "scattered", HOST_READ_WRITE | HOST_CREATE, 0600);
	must(host_write_at((int)file, bytes, CARD_EXTENTS * CARD_UNIT, 0) == 0, "scattered units cannot be used");
	must(host_write_at((int)file, bytes, 1, CARD_EXTENTS * CARD_UNIT) == -HOST_ENOSPC, "more extents than there are");
	must(host_truncate((int)file, 5) == 0 && host_truncate((int)file, 3 * CARD_UNIT) == 0, "a file cannot be cut");
	memset(bytes, 1, sizeof bytes);
	must(host_read_at((int)file, bytes, 3 * CARD_UNIT, 0) == 0 && !bytes[3 * CARD_UNIT - 1], "what was added is not zero");
	must(host_make_directory(HOST_GRANT, "inner", 0) == 0 && host_unlink(HOST_GRANT, "inner", false) < 0, "a directory");
	must(host_open(HOST_GRANT, "", HOST_CREATE, 0) < 0 && host_open(99, "x", HOST_CREATE, 0) < 0, "a bad name or place");
	_exit(0);
}

/* A card with one file, whose table `harm` changes; with digests that are right it must be refused by what it says. */
static void table_forge(void (*harm)(struct card_entry *entries))
{
	struct card_header header;
	struct card_entry *entries = (struct card_entry *)shared->block[CARD_TABLE + CARD_TABLE_BLOCKS];

	memcpy(&header, shared->block[1], sizeof header);
	harm(entries);
	struct digest digest = digest_whole(entries, header.entry_count * sizeof *entries);
	memcpy(header.table, digest.word, sizeof header.table);
	header.check = digest_chunk(&header, offsetof(struct card_header, check));
	memcpy(shared->block[1], &header, sizeof header);
}

static void two_files(void)
{
	uint8_t bytes[3 * CARD_UNIT] = {0};

	for (int i = 0; i < 2; i++) {
		long file = host_open(HOST_GRANT, i ? "b" : "a", HOST_READ_WRITE | HOST_CREATE, 0600);
		must(host_write_at((int)file, bytes, sizeof bytes, 0) == 0, "a file cannot be written");
	}
	must(host_sync(HOST_GRANT) == 0 && volume.generation == 1, "a sync fails");
	_exit(0);
}

static void refused(void)
{
	must(host_open(HOST_GRANT, "c", HOST_CREATE, 0600) == -5 && host_sync(HOST_GRANT) == -5, "a bad card is used");
	must(!shared->write_count, "a bad card is written to");
	_exit(0);
}

static void accepted(void)
{
	must(host_open(HOST_GRANT, "a", HOST_READ, 0) > 0, "a good card is refused");
	_exit(0);
}

static void harm_none(struct card_entry *entries) { (void)entries; }
static void harm_overlap(struct card_entry *entries) { entries[1].extent[0] = entries[0].extent[0]; }
static void harm_first(struct card_entry *entries) { entries[0].extent[0].first = UINT32_MAX; }
static void harm_count(struct card_entry *entries) { entries[0].extent[0].count = UINT32_MAX; }
static void harm_size(struct card_entry *entries) { entries[0].size = 3 * CARD_UNIT + 1; }
static void harm_sizes(struct card_entry *entries) { entries[0].size = UINT64_MAX; }
static void harm_name(struct card_entry *entries) { memset(entries[0].name, 'x', CARD_NAME); }
static void harm_slash(struct card_entry *entries) { strcpy(entries[0].name, "../a"); }
static void harm_empty(struct card_entry *entries) { entries[0].name[0] = 0; }
static void harm_parent(struct card_entry *entries) { entries[0].parent = 2; }
static void harm_parents(struct card_entry *entries) { entries[0].parent = UINT32_MAX; }
static void harm_kind(struct card_entry *entries) { entries[0].kind = 3; }
static void harm_gap(struct card_entry *entries) { entries[0].extent[2] = (struct card_extent){40, 1}; }

static uint32_t lies_check(void)
{
	void (*const harms[])(struct card_entry *) = {harm_overlap, harm_first, harm_count, harm_size, harm_sizes, harm_name,
	                                              harm_slash, harm_empty, harm_parent, harm_parents, harm_kind, harm_gap};
	uint32_t failed = 0;

	card_start(64);
	failed += !run(two_files);
	table_forge(harm_none);
	failed += !run(accepted);
	for (uint32_t i = 0; i < sizeof harms / sizeof *harms; i++) {
		card_start(64);
		failed += !run(two_files);
		table_forge(harms[i]);
		if (!run(refused)) {
			printf("FAILED: lie %u\n", i);
			failed++;
		}
	}
	return failed;
}

/* What others have on their cards, and where: it is left alone, and what lies behind the first blocks is not looked at. */
static uint32_t others_check(void)
{
	static const uint32_t others[][2] = {{0, 77}, {1, 0}, {2, 56}, {7, 511}, {64, 1}, {128, 64}, {CARD_FRESH - 1, 511}};
	uint32_t failed = 0;

	for (uint32_t i = 0; i < sizeof others / sizeof *others; i++) {
		card_start(64);
		shared->block[others[i][0]][others[i][1]] = 1;
		if (!run(refused)) {
			printf("FAILED: something in block %u\n", others[i][0]);
			failed++;
		}
	}
	card_start(64);
	memset(shared->block[CARD_FRESH], 1, (CARD_UNITS - CARD_FRESH) * CARD_BLOCK);
	failed += !run(two_files);
	failed += !run(accepted);
	return failed;
}

int main(int argc, char **argv)
{
	uint32_t rounds = argc > 1 ? (uint32_t)atoi(argv[1]) : 120, failed = 0;

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	for (uint32_t i = 0; i < rounds; i++)
		failed += !round_pass(i);
	card_start(64);
	failed += !run(full);
	failed += lies_check();
	failed += others_check();
	printf("%u rounds of 5 lives, %u failed\n", rounds, failed);
	return failed ? 1 : 0;
}
