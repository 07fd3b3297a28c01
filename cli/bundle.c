/* SPDX-License-Identifier: MIT */
/* Bundles, see bundle.h. All sizes are known before a byte is copied. */
#include <bundle/format.h>
#include <control/protocol.h>
#include <errno.h>
#include <fcntl.h>
#include <framework/elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/bundle.h"
#include "cli/exit.h"
#include "cli/report.h"

enum { PAGE = 4096, FILE_ENTRIES = 3 };

/* What goes in: from a file, or text. */
struct piece {
	struct bundle_entry entry;
	int file;
	const char *path;
	char *text;
};

struct making {
	struct piece piece[BUNDLE_ENTRIES];
	unsigned count;
	const char *program;       /* path */
};

static int piece_open(struct making *making, const char *name, const char *path)
{
	struct piece *piece = &making->piece[making->count];
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (file < 0 || fstat(file, &status) < 0) {
		int error = errno;
		if (file >= 0)
			close(file);
		return report(EXIT_RUN, path, "%s", strerror(error));
	}
	making->count++;
	*piece = (struct piece){.file = file, .path = path};
	if (!S_ISREG(status.st_mode))
		return report(EXIT_RUN, path, "not a regular file");
	strcpy(piece->entry.name, name);
	piece->entry.size = (uint64_t)status.st_size;
	piece->entry.mode = status.st_mode & 07777;
	piece->entry.modified_ns = status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	return EXIT_DONE;
}

/* Strings that end in 0 each. */
static int piece_text(struct making *making, const char *name, const char *const *strings, unsigned count)
{
	struct piece *piece = &making->piece[making->count];
	size_t size = 0;

	for (unsigned i = 0; i < count; i++)
		size += strlen(strings[i]) + 1;
	*piece = (struct piece){.file = -1, .text = malloc(size + 1)};
	if (!piece->text)
		return report(EXIT_RUN, NULL, "%s", strerror(ENOMEM));
	making->count++;
	strcpy(piece->entry.name, name);
	piece->entry.size = size;
	for (char *at = piece->text; count; count--, strings++)
		at = stpcpy(at, *strings) + 1;
	return EXIT_DONE;
}

/* "/a/b": no part is empty, . or .., which would name something else, or nothing. */
static bool path_plain(const char *path)
{
	size_t length;

	for (; *path == '/'; path += length) {
		length = strcspn(++path, "/");
		if (!length || (length <= 2 && strspn(path, ".") >= length))
			return false;
	}
	return true;
}

/* HOST[:PATH]; PATH is absolute and / with the last part of HOST if not given. */
static int piece_file(struct making *making, const char *option)
{
	char host[4096], name[BUNDLE_NAME];
	const char *colon = strstr(option, ":/");
	size_t length = colon ? (size_t)(colon - option) : strlen(option);

	if (length >= sizeof host || !length)
		return report(EXIT_USAGE, option, "not of the form HOST or HOST:/PATH");
	memcpy(host, option, length);
	host[length] = 0;
	const char *last = strrchr(host, '/') ? strrchr(host, '/') + 1 : host;
	int whole = colon ? snprintf(name, sizeof name, "%s", colon + 1) : snprintf(name, sizeof name, "/%s", last);
	if (whole < 2 || whole >= (int)sizeof name)
		return report(EXIT_USAGE, option, "its path in the component must have 1 to %d characters", BUNDLE_NAME - 1);
	if (!path_plain(name))
		return report(EXIT_USAGE, option, "its path in the component, %s, may have no empty part and no . or .. in it", name);
	for (unsigned i = 0; i < making->count; i++)
		if (strcmp(making->piece[i].entry.name, name) == 0)
			return report(EXIT_USAGE, option, "%s is given twice", name);
	if (making->count == BUNDLE_ENTRIES)
		return report(EXIT_USAGE, option, "at most %d files can be given", BUNDLE_ENTRIES - FILE_ENTRIES);
	int result = piece_open(making, name, host);
	making->piece[making->count - 1].path = option;
	return result;
}

/* As execvp looks for it. `found` keeps why the best candidate was no good. */
static int program_find(const char *word, char path[4096])
{
	const char *search = getenv("PATH"), *next;
	struct stat status;
	int error = ENOENT;

	if (strchr(word, '/')) {
		snprintf(path, 4096, "%s", word);
		if (stat(path, &status) < 0)
			return report(errno == ENOENT || errno == ENOTDIR ? EXIT_MISSING : EXIT_CANNOT, word, "%s", strerror(errno));
		if (S_ISDIR(status.st_mode))
			return report(EXIT_CANNOT, word, "%s", strerror(EISDIR));
		return access(path, X_OK) == 0 ? EXIT_DONE : report(EXIT_CANNOT, word, "%s", strerror(errno));
	}
	for (search = search ? search : "/bin:/usr/bin"; *search; search = *next ? next + 1 : next) {
		next = strchrnul(search, ':');
		snprintf(path, 4096, "%.*s/%s", next > search ? (int)(next - search) : 1, next > search ? search : ".", word);
		if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
			if (access(path, X_OK) == 0)
				return EXIT_DONE;
			error = errno;
		}
	}
	if (error != ENOENT)
		return report(EXIT_CANNOT, word, "%s", strerror(error));
	return report(EXIT_MISSING, word, "there is no such program in PATH");
}

/* The library OS would refuse it too, but only after a component was made. A node elsewhere may be of another architecture. */
static int program_check(const struct piece *piece)
{
	const char *sentence = "";
	struct elf_plan plan;
	void *bytes = piece->entry.size ? mmap(NULL, piece->entry.size, PROT_READ, MAP_PRIVATE, piece->file, 0) : NULL;

	if (!bytes)
		return report(EXIT_CANNOT, piece->path, "an empty file");
	if (bytes == MAP_FAILED)
		return report(EXIT_CANNOT, piece->path, "%s", strerror(errno));
	bool script = piece->entry.size > 2 && memcmp(bytes, "#!", 2) == 0;
	err_t err = elf_read(bytes, piece->entry.size, ELF_X86_64, &plan, &sentence);
	if (err != OK && option_node && elf_read(bytes, piece->entry.size, ELF_ARM, &plan, &sentence) == OK)
		err = OK;
	munmap(bytes, piece->entry.size);
	if (err == OK)
		return EXIT_DONE;
	return report(EXIT_CANNOT, piece->path, "cannot run here: %s%s", sentence,
	              script ? "; for a script, run its interpreter and give it with --file" : "");
}

static int environment_add(struct making *making, const struct options *options)
{
	const char *strings[OPTION_LIST + 2] = {"PATH=/bin:/usr/bin", "HOME=/"};
	unsigned count = 2;

	for (unsigned i = 0; i < options->environment_count; i++) {
		const char *given = options->environment[i], *value = strchr(given, '=');
		size_t length = value ? (size_t)(value - given) : strlen(given);
		const char *own = value ? given : getenv(given);
		unsigned at = 0;
		if (!length)
			return report(EXIT_USAGE, given, "an environment variable needs a name");
		if (!own)
			return report(EXIT_USAGE, given, "not in the environment; give --env %s=VALUE", given);
		while (at < count && (strncmp(strings[at], given, length) != 0 || strings[at][length] != '='))
			at++;
		strings[at] = value ? given : own - length - 1;   /* NAME= stands before what getenv gives */
		count += at == count;
	}
	return piece_text(making, "environment", strings, count);
}

static int pieces_find(struct making *making, const struct options *options, char path[4096])
{
	int result = program_find(options->words[0], path);

	if (result == EXIT_DONE)
		result = piece_open(making, "program", path);
	if (result == EXIT_DONE)
		result = program_check(&making->piece[0]);
	if (result == EXIT_DONE)
		result = piece_text(making, "arguments", (const char *const *)options->words, options->word_count);
	if (result == EXIT_DONE)
		result = environment_add(making, options);
	for (unsigned i = 0; i < options->file_count && result == EXIT_DONE; i++)
		result = piece_file(making, options->files[i]);
	return result;
}

static int piece_read(const struct piece *piece, char *to)
{
	if (piece->text) {
		memcpy(to, piece->text, piece->entry.size);
		return EXIT_DONE;
	}
	for (uint64_t done = 0; done < piece->entry.size;) {
		ssize_t count = pread(piece->file, to + done, piece->entry.size - done, (off_t)done);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return report(EXIT_RUN, piece->path, "%s", count ? strerror(errno) : "it shrank while it was read");
		done += (uint64_t)count;
	}
	return EXIT_DONE;
}

static int bundle_fill(struct making *making, struct bundle *bundle)
{
	struct bundle_header header = {.magic = BUNDLE_MAGIC, .version = BUNDLE_VERSION, .count = making->count};
	uint64_t size = sizeof header + sizeof(struct bundle_entry[BUNDLE_ENTRIES]);
	int result = EXIT_DONE;

	for (unsigned i = 0; i < making->count; i++) {
		making->piece[i].entry.offset = size = (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
		size += making->piece[i].entry.size;
		if (size > CONTROL_BUNDLE)
			return report(EXIT_RUN, NULL, "program and files are too large: at most %d MiB can be given", CONTROL_BUNDLE >> 20);
	}
	header.size = size;
	bundle->size = size;
	bundle->bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (bundle->bytes == MAP_FAILED)
		return report(EXIT_RUN, NULL, "%s", strerror(errno));
	memcpy(bundle->bytes, &header, sizeof header);
	for (unsigned i = 0; i < making->count && result == EXIT_DONE; i++) {
		const struct piece *piece = &making->piece[i];
		memcpy((char *)bundle->bytes + sizeof header + i * sizeof piece->entry, &piece->entry, sizeof piece->entry);
		result = piece_read(piece, (char *)bundle->bytes + piece->entry.offset);
	}
	if (result != EXIT_DONE)
		bundle_free(bundle);
	return result;
}

int bundle_make(const struct options *options, struct bundle *bundle)
{
	static struct making making;
	char path[4096];

	making.count = 0;
	int result = pieces_find(&making, options, path);
	if (result == EXIT_DONE)
		result = bundle_fill(&making, bundle);
	for (unsigned i = 0; i < making.count; i++) {
		free(making.piece[i].text);
		if (making.piece[i].file >= 0)
			close(making.piece[i].file);
	}
	return result;
}

void bundle_free(struct bundle *bundle)
{
	munmap(bundle->bytes, bundle->size);
	bundle->bytes = NULL;
}
