/* SPDX-License-Identifier: MIT */
/*
 * Opening an image that lies in a file of the host. Reads with pread, so it works behind a sandbox that
 * leaves nothing but the descriptor, and a file that shrinks meanwhile is an error, not a signal.
 */
#ifndef IMAGE_LOAD_H
#define IMAGE_LOAD_H

#include <image/reader.h>

struct image_loaded {
	struct image image;
	int descriptor;
	void *buffer;
};

/*
 * Open and check the image in `descriptor`, which stays the caller's. `loaded` must stay where it is until
 * image_unload. ERR_MEMORY_QUOTA without memory, else as image_open.
 */
err_t image_load(struct image_loaded *loaded, int descriptor, struct image_fault *fault) MUST_CHECK;

/* Check all memory of a loaded image; as image_verify. */
err_t image_loaded_verify(const struct image_loaded *loaded, uint64_t *checked, struct image_fault *fault)
	MUST_CHECK;

/* Free what image_load took; nothing if it failed. */
void image_unload(struct image_loaded *loaded);

#endif
