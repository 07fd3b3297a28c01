/* SPDX-License-Identifier: MIT */
/* The files of a store (store/session.h says which): written beside their place, synced, then moved there. */
#ifndef SERVER_STORE_FILE_H
#define SERVER_STORE_FILE_H

#include <store/session.h>

#define STORE_CONTENT_NAME "content"

enum { FINAL_NAME = 40 };

struct store_file {
	int directory, file;          /* descriptors, -1: none */
	bool writing;
	bool content;                 /* to be what `digest` says */
	uint64_t digest[2];
	uint64_t size;
	char name[32], final[FINAL_NAME];  /* in the directory: while it is written, and for good */
	const char *failure;
};

void file_init(struct store_file *file);
void file_close(struct store_file *file);

err_t file_create(struct store_file *file, const struct store_key *key) MUST_CHECK;
/* What fails here drops the file. */
err_t file_append(struct store_file *file, const void *bytes, uint64_t size) MUST_CHECK;
err_t file_commit(struct store_file *file, uint64_t *size) MUST_CHECK;

err_t file_open(struct store_file *file, const struct store_key *key, uint64_t *size, uint64_t *modified_ns) MUST_CHECK;
err_t file_read(struct store_file *file, uint64_t offset, void *to, uint64_t size) MUST_CHECK;

err_t file_remove(struct store_file *file, const struct store_key *key) MUST_CHECK;

err_t store_newest_find(const char *name, uint64_t below, struct store_newest_reply *found) MUST_CHECK;
err_t store_name_after(const char *after, char *name) MUST_CHECK;

/* Remove what was being written when the last server died. A directory that cannot be used is left alone. */
err_t store_clean(void) MUST_CHECK;

#endif
