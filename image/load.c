/* SPDX-License-Identifier: MIT */
/*
 * The reader over a file descriptor.
 */
#include <image/load.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static err_t file_read(void *context, uint64_t offset, void *to, uint64_t size)
{
	const struct image_loaded *loaded = context;
	uint8_t *at = to;
	while (size > 0) {
		ssize_t count = pread(loaded->descriptor, at, size, (off_t)offset);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return ERR_IO;
		at += count;
		offset += (uint64_t)count;
		size -= (uint64_t)count;
	}
	return OK;
}

static err_t out_of_memory(struct image_fault *fault)
{
	*fault = (struct image_fault){0, "not enough memory to look at this image"};
	return ERR_MEMORY_QUOTA;
}

err_t image_load(struct image_loaded *loaded, int descriptor, struct image_fault *fault)
{
	struct image_source source = {file_read, loaded, 0};
	struct stat status;
	uint64_t needed;
	err_t err;

	*loaded = (struct image_loaded){.descriptor = descriptor};
	if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
		*fault = (struct image_fault){0, "not a regular file"};
		return ERR_IO;
	}
	source.size = (uint64_t)status.st_size;
	err = image_probe(&source, &needed, fault);
	if (err != OK)
		return err;
	loaded->buffer = malloc(needed);
	if (loaded->buffer == NULL)
		return out_of_memory(fault);
	err = image_open(&loaded->image, &source, loaded->buffer, needed, fault);
	if (err != OK)
		image_unload(loaded);
	return err;
}

err_t image_loaded_verify(const struct image_loaded *loaded, uint64_t *checked, struct image_fault *fault)
{
	void *chunk = malloc(loaded->image.header.chunk_size);
	err_t err;
	*checked = 0;
	if (chunk == NULL)
		return out_of_memory(fault);
	err = image_verify(&loaded->image, chunk, checked, fault);
	free(chunk);
	return err;
}

void image_unload(struct image_loaded *loaded)
{
	free(loaded->buffer);
	loaded->buffer = NULL;
}
