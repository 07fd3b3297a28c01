/* SPDX-License-Identifier: MIT */
/*
 * The calls of files/protocol.h on a directory. Every field of a request is hostile: a name that is no single element of a
 * path is refused, and no link is followed, so that nothing outside of the directory can be reached.
 */
#ifndef FILES_TABLE_H
#define FILES_TABLE_H

#include <files/protocol.h>
#include <stdbool.h>

enum { FILES_DESCRIPTORS = 256 };

struct table {
	int directory;
	int open[FILES_DESCRIPTORS];   /* -1: free; the first stands for FILES_ROOT + 1 */
};

void table_init(struct table *table, int directory);

/* Close what is open, but for the directory. */
void table_clear(struct table *table);

/* False: it breaks a rule of the protocol. `bytes`: of a write. `out`: FILES_PART bytes for what goes back. */
bool table_serve(struct table *table, const struct files_request *request, const uint8_t *bytes, struct files_reply *reply,
                 uint8_t *out);

#endif
