/* SPDX-License-Identifier: MIT */
/*
 * store_crash [ROUNDS]: the store's files (server/store/file.c) on a disk that loses what it may. Random sequences of creating,
 * committing, abandoning and removing, undisturbed and with the n-th change failing; after each single change of the disk
 * every state that a power cut can leave, and the one that a killed server leaves, is opened as a store again:
 *
 *    an image or content that is visible has all its bytes; what was committed and not removed is there, what was removed
 *    is not; nothing is left of what was being written; and the store takes the next image.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <image/digest.h>

#include "server/host.h"
#include "server/store/file.h"
#include "test/faults/disk.h"

enum { NAMES = 2, GENERATIONS = 5, KEYS = NAMES * GENERATIONS + 2, STATES_EACH = 64, STEPS = 10 };

/* What each key must be after a crash. */
enum promise { ABSENT, EITHER, PRESENT };

static enum promise promises[KEYS];
static uint64_t states, commits, failures;
static unsigned seed = 1, sample = 1;

static uint64_t size_of(int n)
{
	return 8 + (uint64_t)n * 4;
}

static struct store_key key_of(int n)
{
	struct store_key key = {.kind = STORE_IMAGE};
	uint8_t bytes[DISK_BYTES];

	if (n >= NAMES * GENERATIONS) {
		memset(bytes, n + 1, sizeof bytes);
		const struct digest digest = digest_whole(bytes, size_of(n));
		return (struct store_key){.kind = STORE_CONTENT, .digest = {digest.word[0], digest.word[1]}};
	}
	key.name[0] = (char)('a' + n / GENERATIONS);
	key.generation = (uint64_t)(n % GENERATIONS + 1);
	return key;
}

static void wrong(const char *what, int n)
{
	const struct store_key key = key_of(n);

	printf("FAILED: %s: %s@%u, state %lu\n", what, key.kind == STORE_IMAGE ? key.name : "content", (unsigned)key.generation,
	       (unsigned long)states);
	if (++failures == 10)
		exit(1);
}

static void key_check(int n)
{
	const struct store_key key = key_of(n);
	uint8_t bytes[DISK_BYTES];
	struct store_file file;
	uint64_t size, modified;

	file_init(&file);
	err_t err = file_open(&file, &key, &size, &modified);
	if (err != OK && err != ERR_NOT_FOUND)
		wrong("cannot be opened", n);
	if (err == ERR_NOT_FOUND && promises[n] == PRESENT)
		wrong("was committed and is lost", n);
	if (err == OK && promises[n] == ABSENT)
		wrong("was never written, or removed, and is there", n);
	if (err == OK && (size != size_of(n) || file_read(&file, 0, bytes, size) != OK))
		wrong("has another size", n);
	else if (err == OK)
		for (uint64_t i = 0; i < size; i++)
			if (bytes[i] != (uint8_t)(n + 1)) {
				wrong("has other bytes", n);
				break;
			}
	file_close(&file);
}

static void leftovers_check(const struct inode *directory)
{
	for (int i = 0; i < DISK_ENTRIES; i++) {
		const struct entry *entry = &directory->entries[i];
		if (strncmp(entry->name, ".new", 4) == 0)
			wrong("something is left half written", 0);
		else if (entry->name[0] && disk->inodes[entry->inode].directory)
			leftovers_check(&disk->inodes[entry->inode]);
	}
}

static err_t key_write(struct store_file *file, int n, bool commit)
{
	const struct store_key key = key_of(n);
	uint8_t bytes[DISK_BYTES];
	uint64_t size = size_of(n);

	memset(bytes, n + 1, sizeof bytes);
	err_t err = file_create(file, &key);
	if (err == OK)
		err = file_append(file, bytes, size / 2);
	if (err == OK)
		err = file_append(file, bytes, size - size / 2);
	return err == OK && commit ? file_commit(file, &size) : err;
}

/* The newest generation of each name, asked for as the RTCR does, and the next one written. */
static void next_check(void)
{
	struct store_newest_reply newest;
	struct store_file file;

	file_init(&file);
	for (int name = 0; name < NAMES; name++) {
		const struct store_key key = key_of(name * GENERATIONS);
		uint64_t generation = store_newest_find(key.name, UINT64_MAX, &newest) == OK ? newest.generation : 0;
		int n = name * GENERATIONS + (int)generation;
		if (generation == GENERATIONS)
			continue;
		if (key_write(&file, n, true) != OK)
			wrong("cannot be written after the crash", n);
		else if (store_newest_find(key.name, UINT64_MAX, &newest) != OK || newest.generation != generation + 1)
			wrong("is not the newest", n);
	}
	file_close(&file);
}

/* Open `crashed` as a store and look; the disk in use before is in use again afterwards. */
static void store_check(struct disk *crashed)
{
	struct disk *before = disk;
	void (*changed)(void) = disk_changed;
	uint32_t failing = disk_failing;

	disk = crashed;
	disk_changed = NULL;
	disk_failing = 0;
	states++;
	if (store_clean() != OK)
		wrong("the store cannot be opened", 0);
	for (int n = 0; n < KEYS; n++)
		key_check(n);
	leftovers_check(disk->inodes);
	next_check();
	disk = before;
	disk_changed = changed;
	disk_failing = failing;
}

static void power_cuts(const struct disk *from)
{
	static struct disk crashed;
	uint64_t count = disk_state_count(from);

	for (uint64_t i = 0; i < count && i < STATES_EACH; i++) {
		uint64_t n = count <= STATES_EACH ? i : ((uint64_t)rand_r(&sample) << 31 | (uint64_t)rand_r(&sample)) % count;
		disk_state(from, n, &crashed);
		store_check(&crashed);
	}
}

/* The server dies and is started again; then what it shows must survive a power cut too. */
static void server_death(void)
{
	static struct disk orphan, copy;
	enum promise kept[KEYS];
	struct disk *before = disk;

	memcpy(kept, promises, sizeof kept);
	disk_orphan(disk, &orphan);
	memcpy(&copy, &orphan, sizeof copy);
	store_check(&copy);
	disk = &orphan;
	void (*changed)(void) = disk_changed;
	uint32_t failing = disk_failing;
	disk_changed = NULL;
	disk_failing = 0;
	if (store_clean() != OK)
		wrong("the store cannot be opened", 0);
	for (int n = 0; n < KEYS; n++) {
		const struct store_key key = key_of(n);
		uint64_t size, modified;
		struct store_file file;
		file_init(&file);
		if (file_open(&file, &key, &size, &modified) == OK)
			promises[n] = PRESENT;
		file_close(&file);
	}
	power_cuts(&orphan);
	disk = before;
	disk_changed = changed;
	disk_failing = failing;
	memcpy(promises, kept, sizeof kept);
}

static void crashes(void)
{
	power_cuts(disk);
	server_death();
}

static void step_write(struct store_file *file, int n)
{
	bool commit = rand_r(&seed) % 4 != 0;

	if (promises[n] == PRESENT) {
		const struct store_key key = key_of(n);
		if (file_create(file, &key) != ERR_EXISTS)
			wrong("is there and can be created", n);
		return;
	}
	enum promise before = promises[n];
	if (commit)
		promises[n] = EITHER;
	err_t err = key_write(file, n, commit);
	if (err == OK && commit) {
		promises[n] = PRESENT;
		commits++;
	} else if (!commit) {
		promises[n] = before;
	}
}

/* Bytes that are not what the name of content says never get that name. */
static void false_content(struct store_file *file)
{
	struct store_key key = key_of(KEYS - 1);
	const uint64_t bytes = 0;
	uint64_t size, modified;

	key.digest[0] ^= 1;
	err_t err = file_create(file, &key);
	if (err == OK)
		err = file_append(file, &bytes, sizeof bytes);
	if (err == OK && file_commit(file, &size) == OK)
		wrong("is not what its name says", KEYS - 1);
	if (file_open(file, &key, &size, &modified) == OK)
		wrong("is there and not what its name says", KEYS - 1);
	file_close(file);
}

/* A removal that failed may have done a part of it. */
static void step_remove(struct store_file *file, int n, bool all)
{
	struct store_key key = key_of(n);
	int first = all ? n / GENERATIONS * GENERATIONS : n, last = all ? first + GENERATIONS - 1 : n;

	if (key.kind != STORE_IMAGE)
		return;
	key.generation = all ? 0 : key.generation;
	for (int i = first; i <= last; i++)
		promises[i] = promises[i] == ABSENT ? ABSENT : EITHER;
	err_t err = file_remove(file, &key);
	for (int i = first; i <= last && err == OK; i++)
		promises[i] = ABSENT;
}

/* The change or sync number `failing` fails; whether it came to that. */
static bool sequence(unsigned round, uint32_t failing)
{
	static struct disk fresh;
	struct store_file files[2];

	seed = round + 1;
	disk_init(&fresh);
	memset(promises, 0, sizeof promises);
	file_init(&files[0]);
	file_init(&files[1]);
	disk_failing = failing;
	disk_changed = crashes;
	if (store_clean() != OK)
		wrong("an empty store cannot be opened", 0);
	for (int i = 0; i < STEPS; i++) {
		struct store_file *file = &files[rand_r(&seed) % 2];
		int n = rand_r(&seed) % KEYS, what = rand_r(&seed) % 8;
		for (int tried = 0; what >= 6 && promises[n] != PRESENT && tried < KEYS; tried++)
			n = (n + 1) % KEYS;
		if (what < 6)
			step_write(file, n);
		else
			step_remove(file, n, what == 7);
	}
	false_content(&files[0]);
	file_close(&files[0]);
	file_close(&files[1]);
	disk_changed = NULL;
	return failing && !disk_failing;
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 3;
	uint64_t sequences = 0;

	for (unsigned round = 0; round < rounds; round++) {
		uint32_t failing = 0;
		do
			sequences++;
		while (sequence(round, failing++) || failing == 1);
	}
	printf("%lu sequences, %lu commits, %lu states after crashes opened and checked\n", (unsigned long)sequences,
	       (unsigned long)commits, (unsigned long)states);
	printf("%d passed, %lu failed\n", failures == 0 && commits && states, (unsigned long)failures);
	return failures || !commits || !states ? 1 : 0;
}
