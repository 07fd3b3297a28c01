/* SPDX-License-Identifier: MIT */
/* `inspect` and `verify`: images of the store or any file, parsed in the sandbox. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <image/describe.h>
#include <image/digest.h>
#include <image/load.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/node.h"
#include "cli/option.h"
#include "cli/report.h"
#include "cli/sandbox.h"
#include "cli/saved.h"

enum { DIGEST_TEXT = 33 };

/* 0: none. */
static uint64_t generation_newest(const char *directory)
{
	DIR *list = opendir(directory);
	struct dirent *entry;
	uint64_t newest = 0;

	while (list && (entry = readdir(list))) {
		char *end;
		uint64_t generation = strtoull(entry->d_name, &end, 10);
		if (end == entry->d_name + 8 && strcmp(end, ".image") == 0 && generation > newest)
			newest = generation;
	}
	if (list)
		closedir(list);
	return newest;
}

/* A descriptor of NAME[@N] or of a file, which has a / or ends in .image. -1: reported, `result` says how. */
static int image_file_open(const char *word, int *result)
{
	char name[64], part[96], path[PATH_MAX];
	size_t length = strlen(word);
	uint64_t generation;
	bool is_file = strchr(word, '/') || (length > 6 && strcmp(word + length - 6, ".image") == 0);

	*result = EXIT_USAGE;
	if (is_file) {
		snprintf(path, sizeof path, "%s", word);
	} else {
		if (!target_parse(word, name, &generation) || (!node.state[0] && !node_find(option_state)))
			return -1;
		snprintf(part, sizeof part, "store/%s", name);
		if (!generation && node_path(path, part))
			generation = generation_newest(path);
		snprintf(part, sizeof part, "store/%s/%08" PRIu64 ".image", name, generation);
		if (!node_path(path, part))
			return -1;
	}
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	*result = errno == ENOENT ? EXIT_UNKNOWN : EXIT_FAILED;
	if (file < 0 && errno == ENOENT && !is_file)
		report(0, word, "there is no such checkpoint");
	else if (file < 0)
		report(0, path, "%s", strerror(errno));
	return file;
}

static int fault_print(FILE *out, const struct image_fault *fault, err_t err)
{
	fprintf(out, "%s: %s, at byte %" PRIu64, err_sentence(err), fault->sentence, fault->offset);
	return EXIT_FAILED;
}

static int describe(int file, FILE *out, const void *context)
{
	const struct options *options = context;
	struct image_loaded loaded;
	struct image_fault fault;
	err_t err = image_load(&loaded, file, &fault);

	if (err != OK)
		return fault_print(out, &fault, err);
	if (!options->json)
		image_describe_text(&loaded.image, out);
	else if (image_describe_json(&loaded.image, out) != OK)
		return EXIT_FAILED;
	return EXIT_DONE;
}

static int inspect_do(const struct options *options)
{
	const char *word = options->words[0];
	char *text = NULL;
	size_t size;
	int result, file = image_file_open(word, &result);

	if (file < 0)
		return result;
	result = sandbox_do(file, describe, options, word, &text, &size);
	close(file);
	if (result == EXIT_DONE)
		fwrite(text, 1, size, stdout);
	free(text);
	return result == EXIT_DONE ? output_end() : result;
}

static const struct argp_option json_options[] = {OPTION_JSON, {0}};

const struct command command_inspect = {
	"inspect", "NAME[@N] or FILE", "Show what is in a checkpoint",
	"Threads, memory, sessions, capabilities and files. A FILE has a / in it or ends in .image. Images are read in a sandbox, "
	"so that one from a stranger can do no harm. No node is needed.\n\n"
	"Examples:\n  rtcr inspect sums\n  rtcr inspect --json sums@3\n  rtcr inspect ./00000003.image",
	json_options, 1, 1, false, inspect_do,
};

/* The first line is for people, then the digests of content that lies in the store. */
static int check(int file, FILE *out, const void *context)
{
	struct image_loaded loaded;
	struct image_fault fault;
	uint64_t checked;
	err_t err = image_load(&loaded, file, &fault);

	(void)context;
	if (err == OK)
		err = image_loaded_verify(&loaded, &checked, &fault);
	if (err != OK)
		return fault_print(out, &fault, err);
	fprintf(out, "%" PRIu64 " %" PRIu64 "\n", loaded.image.header.generation, checked);
	for (uint32_t n = 0; n < image_count(&loaded.image, IMAGE_KIND_dataspace); n++) {
		const struct image_dataspace *ds = image_at(&loaded.image, IMAGE_KIND_dataspace, n);
		if (ds->origin == IMAGE_ORIGIN_ROM)
			fprintf(out, "%016" PRIx64 "%016" PRIx64 "\n", ds->digest[1], ds->digest[0]);
	}
	return EXIT_DONE;
}

/* Content is named by its digest. NULL: whole; else what is wrong. */
static const char *content_check(const char *digest)
{
	char part[64], path[PATH_MAX], found[DIGEST_TEXT];
	struct stat status;
	void *bytes = NULL;

	snprintf(part, sizeof part, "store/content/%s", digest);
	int file = node_path(path, part) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (file < 0 || fstat(file, &status) < 0)
		return strerror(errno);
	if (status.st_size)
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (bytes == MAP_FAILED)
		return strerror(errno);
	struct digest whole = digest_whole(bytes, (uint64_t)status.st_size);
	if (bytes)
		munmap(bytes, (size_t)status.st_size);
	snprintf(found, sizeof found, "%016" PRIx64 "%016" PRIx64, whole.word[1], whole.word[0]);
	return strcmp(found, digest) == 0 ? NULL : "it is damaged";
}

static bool digest_valid(const char *text)
{
	return strspn(text, "0123456789abcdef") == DIGEST_TEXT - 1 && !text[DIGEST_TEXT - 1];
}

/* Lines of digests; how many are whole. -1: reported. */
static long contents_check(char *lines, const char *word)
{
	long count = 0;

	for (char *rest = lines, *line; (line = strsep(&rest, "\n"));) {
		if (!digest_valid(line))
			continue;
		const char *wrong = content_check(line);
		if (wrong)
			return report(-1, word, "it needs content %s of the store: %s", line, wrong);
		count++;
	}
	return count;
}

static int verify_show(const char *word, uint64_t generation, uint64_t chunks, long contents, bool json)
{
	if (json) {
		struct json_object *object = json_object_new_object();
		json_object_object_add(object, "image", json_object_new_string(word));
		json_object_object_add(object, "generation", json_object_new_uint64(generation));
		json_object_object_add(object, "chunks", json_object_new_uint64(chunks));
		json_object_object_add(object, "contents", json_object_new_int64(contents));
		return json_print(object) ? EXIT_DONE : EXIT_FAILED;
	}
	printf("%s: generation %" PRIu64 " is whole: %" PRIu64 " chunks of memory, %ld files of content\n", word, generation, chunks,
	       contents);
	return output_end();
}

static int verify_do(const struct options *options)
{
	const char *word = options->words[0];
	uint64_t generation = 0, chunks = 0;
	char *text = NULL, *rest;
	size_t size;
	long contents = 0;
	int result, file = image_file_open(word, &result);

	if (file < 0)
		return result;
	result = sandbox_do(file, check, NULL, word, &text, &size);
	close(file);
	if (result == EXIT_DONE) {
		generation = strtoull(text, &rest, 10);
		chunks = strtoull(rest, &rest, 10);
		contents = node.state[0] ? contents_check(rest, word) : 0;
		result = contents < 0 ? EXIT_FAILED : verify_show(word, generation, chunks, contents, options->json);
	}
	free(text);
	return result;
}

const struct command command_verify = {
	"verify", "NAME[@N] or FILE", "Check that a checkpoint is whole",
	"Its structure, and every byte by its digest; of a checkpoint in the store also the program and files that it shares with "
	"others. No node is needed. Exit status 0: whole, 1: damaged, and where.\n\n"
	"Examples:\n  rtcr verify sums@3\n  rtcr verify ./00000003.image",
	json_options, 1, 1, false, verify_do,
};

static int memory_print(int file, FILE *out, const void *context)
{
	struct image_loaded loaded;
	struct image_fault fault;
	uint64_t ram = 0;
	err_t err = image_load(&loaded, file, &fault);

	(void)context;
	if (err != OK)
		return fault_print(out, &fault, err);
	for (uint32_t n = 0; n < image_count(&loaded.image, IMAGE_KIND_target); n++)
		ram += ((const struct image_target *)image_at(&loaded.image, IMAGE_KIND_target, n))->ram_quota;
	fprintf(out, "%" PRIu64 "\n", ram);
	return EXIT_DONE;
}

int saved_memory(const char *name, uint64_t generation, uint64_t *ram)
{
	char word[96], *text = NULL;
	size_t size;
	int result;

	snprintf(word, sizeof word, "%s@%" PRIu64, name, generation);
	int file = image_file_open(word, &result);
	if (file < 0)
		return result;
	result = sandbox_do(file, memory_print, NULL, word, &text, &size);
	close(file);
	if (result == EXIT_DONE)
		*ram = strtoull(text, NULL, 10);
	free(text);
	return result;
}
