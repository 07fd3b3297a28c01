/* SPDX-License-Identifier: MIT */
/* Cases, see runner.h. */
#include <bundle/format.h>
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/rom.h>

#include "test/native/native.h"
#include "test/posix/runner/runner.h"

enum { PIECES = CASE_FILES + 3, FILE_MODE = 0644, CASE_ROM = 32, CASE_ROMS = 64, CASE_DIGITS = 10 };

static const char environment[] = "PATH=/bin:/usr/bin\0HOME=/";

/* The next field; NULL: none is left. */
static char *field_take(char **at)
{
	char *start = *at;

	if (!start)
		return NULL;
	char *end = start;
	while (*end && *end != '\t')
		end++;
	*at = *end ? end + 1 : NULL;
	*end = 0;
	return start;
}

static uint32_t names_split(char *names, const char **name, uint32_t most)
{
	uint32_t count = 0;

	while (*names && count < most) {
		name[count++] = names;
		while (*names && *names != ' ')
			names++;
		if (*names)
			*names++ = 0;
	}
	return count;
}

static uint32_t number_read(const char *text)
{
	uint32_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	return number;
}

bool case_read(const char **at, const char *end, struct test_case *found)
{
	uint64_t length = 0;
	char *rest = found->text;

	while (*at + length < end && (*at)[length] != '\n')
		length++;
	if (!length || length >= CASE_LINE)
		return false;
	memcpy(found->text, *at, length);
	found->text[length] = 0;
	*at += *at + length < end ? length + 1 : length;
	const char *rounds = field_take(&rest), *way = field_take(&rest), *input = field_take(&rest);
	char *files = field_take(&rest);
	if (!files)
		return false;
	found->rounds = number_read(rounds);
	found->above = strcmp(way, "above") == 0;
	found->native = strcmp(way, "native") == 0;
	found->input = strcmp(input, "-") == 0 ? NULL : input;
	found->file_count = strcmp(files, "-") == 0 ? 0 : names_split(files, found->files, CASE_FILES);
	found->word_count = 0;
	while (rest && found->word_count < CASE_WORDS)
		found->words[found->word_count++] = field_take(&rest);
	return found->word_count > 0;
}

static uint64_t pages(uint64_t size)
{
	return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

struct piece {
	struct bundle_entry entry;
	const uint8_t *bytes;
};

/* ROMs stay attached: most are used again. */
static bool rom_get(const char *name, struct rom *rom)
{
	static struct {
		char name[CASE_ROM];
		struct rom rom;
	} cache[CASE_ROMS];
	uint32_t at = 0;

	while (at < CASE_ROMS && cache[at].rom.bytes && strcmp(cache[at].name, name) != 0)
		at++;
	if (at == CASE_ROMS)
		return native_fail("%s: too many ROMs", name);
	if (!cache[at].rom.bytes) {
		if (!native_ok(rom_attach(name, &cache[at].rom), name))
			return false;
		text_copy(cache[at].name, sizeof cache[at].name, name);
	}
	*rom = cache[at].rom;
	return true;
}

bool case_rom(const char *name, const uint8_t **bytes, uint64_t *size)
{
	struct rom rom = {0};

	if (name && strcmp(name, "empty") != 0 && !rom_get(name, &rom))
		return false;
	*bytes = rom.bytes;
	*size = rom.size;
	return true;
}

bool case_number(const char *name, uint32_t *number)
{
	struct rom rom = {0};
	char text[CASE_DIGITS + 1] = "";

	if (!rom_get(name, &rom))
		return false;
	memcpy(text, rom.bytes, rom.size < CASE_DIGITS ? rom.size : CASE_DIGITS);
	*number = number_read(text);
	return true;
}

static bool piece_take(struct piece *piece, const char *rom, const char *name)
{
	*piece = (struct piece){.entry = {.mode = FILE_MODE}};
	text_copy(piece->entry.name, sizeof piece->entry.name, name);
	return case_rom(rom, &piece->bytes, &piece->entry.size);
}

static bool pieces_take(const struct test_case *found, struct piece *pieces, uint32_t *count)
{
	char name[BUNDLE_NAME];

	*count = 0;
	if (!piece_take(&pieces[(*count)++], found->words[0], "program"))
		return false;
	for (uint32_t i = 0; i < found->file_count; i++) {
		text_format(name, sizeof name, "/%s", found->files[i]);
		if (!piece_take(&pieces[(*count)++], found->files[i], name))
			return false;
	}
	return true;
}

static uint64_t words_size(const struct test_case *found)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < found->word_count; i++)
		size += strlen(found->words[i]) + 1;
	return size;
}

/* Places for all: the pieces of ROMs, then arguments and environment. */
static uint64_t bundle_plan(const struct test_case *found, struct piece *pieces, uint32_t count)
{
	uint64_t at = pages(sizeof(struct bundle_header) + BUNDLE_ENTRIES * sizeof(struct bundle_entry));

	pieces[count] = (struct piece){.entry = {.name = "arguments", .size = words_size(found)}};
	pieces[count + 1] = (struct piece){.entry = {.name = "environment", .size = sizeof environment}};
	for (uint32_t i = 0; i < count + 2; i++) {
		pieces[i].entry.offset = at;
		at += pages(pieces[i].entry.size);
	}
	return at;
}

static void bundle_fill(const struct test_case *found, const struct piece *pieces, uint32_t count, uint64_t size,
                        uint8_t *bytes)
{
	struct bundle_header *header = (struct bundle_header *)bytes;
	struct bundle_entry *entry = (struct bundle_entry *)(header + 1);
	char *word = (char *)bytes + pieces[count].entry.offset;

	*header = (struct bundle_header){.magic = BUNDLE_MAGIC, .version = BUNDLE_VERSION, .count = count + 2, .size = size};
	for (uint32_t i = 0; i < count + 2; i++)
		entry[i] = pieces[i].entry;
	for (uint32_t i = 0; i < count; i++)
		memcpy(bytes + pieces[i].entry.offset, pieces[i].bytes, pieces[i].entry.size);
	for (uint32_t i = 0; i < found->word_count; i++) {
		memcpy(word, found->words[i], strlen(found->words[i]) + 1);
		word += strlen(found->words[i]) + 1;
	}
	memcpy(bytes + pieces[count + 1].entry.offset, environment, sizeof environment);
}

bool case_bundle(const struct test_case *found, ds_t *bundle)
{
	static struct piece pieces[PIECES];
	uint32_t count;
	void *bytes;

	if (!pieces_take(found, pieces, &count))
		return false;
	uint64_t size = bundle_plan(found, pieces, count);
	if (!native_ok(buffer_take(size, 0, bundle, &bytes), "bundle"))
		return false;
	bundle_fill(found, pieces, count, size, bytes);
	ds_detach(bytes, size);
	return true;
}
