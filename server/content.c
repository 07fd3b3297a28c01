/* SPDX-License-Identifier: MIT */
/* Files in memory, piece by piece, see content.h. */
#include <framework/env.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "server/content.h"

/* A file's pieces double its room, from the least size to the largest. */
enum { PIECE_LEAST = 16 << 10, PIECE_MOST = 1 << 20 };

struct piece {
	struct piece *next;
	ds_t ds;
	uint64_t size;
};

/* The one that was used last stays attached: a file is read and written from front to back, in small parts. */
static struct {
	struct piece *piece;
	uint8_t *bytes;
} shown;

static void shown_hide(void)
{
	if (shown.piece)
		ds_detach(shown.bytes, shown.piece->size);
	shown.piece = NULL;
}

static err_t piece_show(struct piece *piece, uint8_t **bytes)
{
	void *address;

	if (shown.piece != piece) {
		shown_hide();
		err_t err = ds_attach(piece->ds, 0, 0, RIGHT_READ | RIGHT_WRITE, 0, &address);
		if (err != OK)
			return err;
		shown.piece = piece;
		shown.bytes = address;
	}
	*bytes = shown.bytes;
	return OK;
}

static void piece_free(struct piece *piece)
{
	if (shown.piece == piece)
		shown_hide();
	ds_free(piece->ds);
	heap_free(piece);
}

static uint64_t piece_size(uint64_t room, uint64_t wanted)
{
	uint64_t size = wanted > room ? wanted : room;

	size = size < PIECE_LEAST ? PIECE_LEAST : size > PIECE_MOST ? PIECE_MOST : size;
	return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

/* Pieces that begin at `size` or behind it. */
static void pieces_drop(struct content *content, uint64_t size)
{
	struct piece **link = &content->first;
	uint64_t start = 0;

	while (*link && start < size) {
		start += (*link)->size;
		link = &(*link)->next;
	}
	content->room = start;
	while (*link) {
		struct piece *piece = *link;
		*link = piece->next;
		piece_free(piece);
	}
}

static err_t content_reserve(struct content *content, uint64_t size)
{
	struct piece **link = &content->first;
	err_t err = OK;

	while (*link)
		link = &(*link)->next;
	while (content->room < size && err == OK) {
		struct piece *piece = heap_alloc(sizeof *piece);
		err = piece ? ds_alloc(piece_size(content->room, size - content->room), &piece->ds) : ERR_MEMORY_QUOTA;
		if (err != OK) {
			heap_free(piece);
			break;
		}
		piece->size = piece_size(content->room, size - content->room);
		content->room += piece->size;
		*link = piece;
		link = &piece->next;
	}
	if (err != OK)
		pieces_drop(content, content->size);
	return err;
}

/* Calls `each` with every part of [offset, offset + size), which lies in the pieces. */
static err_t parts_walk(struct content *content, uint64_t offset, uint64_t size,
                        void (*each)(uint8_t *part, uint8_t *other, uint64_t length), uint8_t *other)
{
	struct piece *piece = content->first;
	uint64_t start = 0;
	err_t err = OK;

	for (; size && err == OK; piece = piece->next) {
		uint8_t *bytes;
		uint64_t at = offset - start;
		start += piece->size;
		if (at >= piece->size)
			continue;
		uint64_t length = piece->size - at < size ? piece->size - at : size;
		err = piece_show(piece, &bytes);
		if (err != OK)
			break;
		each(bytes + at, other, length);
		other = other ? other + length : NULL;
		offset += length;
		size -= length;
	}
	return err;
}

static void part_put(uint8_t *part, uint8_t *other, uint64_t length)
{
	memcpy(part, other, length);
}

static void part_get(uint8_t *part, uint8_t *other, uint64_t length)
{
	memcpy(other, part, length);
}

static void part_clear(uint8_t *part, uint8_t *other, uint64_t length)
{
	(void)other;
	memset(part, 0, length);
}

err_t content_write(struct content *content, const void *bytes, uint64_t size, uint64_t offset)
{
	if (size > UINT64_MAX - offset)
		return ERR_RANGE;
	err_t err = content_reserve(content, offset + size);
	if (err == OK)
		err = parts_walk(content, offset, size, part_put, (uint8_t *)(addr_t)bytes);
	if (offset + size <= content->size)
		return err;
	if (err == OK)
		content->size = offset + size;
	else if (parts_walk(content, content->size, content->room - content->size, part_clear, NULL) != OK)
		pieces_drop(content, content->size);
	return err;
}

err_t content_read(struct content *content, void *to, uint64_t size, uint64_t offset)
{
	return parts_walk(content, offset, size, part_get, to);
}

/* What is behind the end of a file is always zero, so that growing needs no more than room. */
err_t content_cut(struct content *content, uint64_t size)
{
	err_t err = OK;

	if (size > content->size) {
		err = content_reserve(content, size);
	} else {
		pieces_drop(content, size);
		uint64_t end = content->size < content->room ? content->size : content->room;
		if (end > size)
			err = parts_walk(content, size, end - size, part_clear, NULL);
	}
	if (err == OK)
		content->size = size;
	return err;
}
