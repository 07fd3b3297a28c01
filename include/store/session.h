/* SPDX-License-Identifier: MIT */
/*
 * STORE: checkpoint images and shared content on durable storage, moved through a buffer that belongs to the client
 * (a dataspace it hands over), so that a server can make its side anew. A server copies between file and buffer
 * directly: handing over the dataspace that is to be filled avoids a copy.
 *
 *    STORE/NAME/GENERATION.image     images of one component, generation in 8 decimal digits
 *    STORE/content/DIGEST            read-only content by its XXH3-128 digest (32 hexadecimal digits)
 *    STORE/NAME/.new-N, content/.new-N  what is being written; removed when the store is opened
 *
 * A file appears whole or not at all: commit writes, syncs, renames, syncs the directory. One file is open per
 * session. NAME is 1 to 63 of [A-Za-z0-9._-], not starting with a dot, and not "content".
 */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <framework/rpc.h>

enum { STORE_NAME = 64 };

enum store_kind { STORE_IMAGE, STORE_CONTENT };

struct store_key {
	uint32_t kind;            /* enum store_kind */
	uint32_t reserved;
	uint64_t digest[2];       /* of content, low word first */
	uint64_t generation;      /* of an image, 1 or more */
	char name[STORE_NAME];    /* of an image's component, zero-terminated */
};

/* The buffer; replaces the one before. */
RPC_EMPTY(store_buffer_request);
struct store_buffer_reply {
	uint64_t size;
};

/*
 * Start a file, dropping one that was started and not committed. ERR_EXISTS: there already; of content, and it is whole:
 * what is damaged is replaced. Content that a session creates or opens stays at least until that session is closed; else
 * what no image names goes after a while.
 */
struct store_create_request {
	struct store_key key;
};
RPC_EMPTY(store_create_reply);

/* Append [start, start + size) of the buffer. ERR_IO: the file is dropped, store_failure says the cause: disk full, ... */
struct store_append_request {
	uint64_t start;
	uint64_t size;
};
RPC_EMPTY(store_append_reply);

/* Make it durable and visible. ERR_CORRUPT: content that is not what its name says is dropped. */
RPC_EMPTY(store_commit_request);
struct store_commit_reply {
	uint64_t size;            /* of the file */
};

/* Open for reading; closes what was open. ERR_NOT_FOUND. */
struct store_open_request {
	struct store_key key;
};
struct store_open_reply {
	uint64_t size;
	uint64_t modified_ns;     /* since 1970 */
};

/* Bytes [offset, offset + size) of the open file into the buffer at `start`. Beyond the end: ERR_RANGE. */
struct store_read_request {
	uint64_t offset;
	uint64_t start;
	uint64_t size;
};
RPC_EMPTY(store_read_reply);

/* The newest generation of `name` that is below `below` (UINT64_MAX: of all). ERR_NOT_FOUND. */
struct store_newest_request {
	uint64_t below;
	char name[STORE_NAME];
};
struct store_newest_reply {
	uint64_t generation;
	uint64_t size;
	uint64_t modified_ns;
};

/* The name that follows `after` in order, starting with the empty one. ERR_NOT_FOUND after the last. */
struct store_next_request {
	char after[STORE_NAME];
};
struct store_next_reply {
	char name[STORE_NAME];
};

/* Remove one image, or with generation 0 the component with all its images. */
struct store_remove_request {
	struct store_key key;
};
RPC_EMPTY(store_remove_reply);

/* What the last error of this session was, as a sentence. */
RPC_EMPTY(store_failure_request);
struct store_failure_reply {
	char sentence[96];
};

#define STORE_OPERATIONS(X)                                                                        \
	X(store, buffer, 1, 0)                                                                     \
	X(store, create, 0, 0)                                                                     \
	X(store, append, 0, 0)                                                                     \
	X(store, commit, 0, 0)                                                                     \
	X(store, open, 0, 0)                                                                       \
	X(store, read, 0, 0)                                                                       \
	X(store, newest, 0, 0)                                                                     \
	X(store, next, 0, 0)                                                                       \
	X(store, remove, 0, 0)                                                                     \
	X(store, failure, 0, 0)
RPC_SERVICE(store, STORE_OPERATIONS)

#endif
