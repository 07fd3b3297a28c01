/* SPDX-License-Identifier: MIT */
/* Images in the node's store, read without the node. */
#ifndef CLI_SAVED_H
#define CLI_SAVED_H

#include <stdint.h>

/* Memory quota of the program in an image of component `name`. EXIT_DONE, or reported. */
int saved_memory(const char *name, uint64_t generation, uint64_t *ram);

#endif
