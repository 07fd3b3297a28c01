/* SPDX-License-Identifier: MIT */
/*
 * Where objects lie: in the donated bytes themselves, seen through the kernel's mapping of all RAM. Memory objects take no
 * donation; they have a table in the image. An entry that no slot names is free: nothing else refers to one.
 */
#include <board.h>
#include <framework/memory.h>

#include "kernel/armv7/cpu.h"
#include "kernel/armv7/domain.h"
#include "kernel/armv7/page.h"
#include "kernel/armv7/work.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

/* One for each 32 KiB of RAM. */
static struct memory memories[BOARD_RAM_SIZE / (32 * 1024)];

enum { MEMORIES = sizeof memories / sizeof *memories, PIECE_BYTES = 16384, PIECE_ENTRIES = 512 };

_Static_assert(sizeof(struct thread) <= OBJECT_SIZE && sizeof(struct endpoint) <= OBJECT_SIZE, "donation");
_Static_assert(sizeof(struct reply) <= OBJECT_SIZE && sizeof(struct signal) <= OBJECT_SIZE, "donation");
_Static_assert(sizeof(struct cap) <= OBJECT_SIZE_SLOT, "donation");

static err_t memory_object_take(struct object **object)
{
	static uint32_t next;

	for (uint32_t i = (uint32_t)machine_work_done(); i < MEMORIES; i++) {
		if (i % PIECE_ENTRIES == PIECE_ENTRIES - 1 && machine_work_stop(i + 1))
			break;
		struct memory *memory = &memories[next];
		next = (next + 1) % MEMORIES;
		if (memory->object.caps)
			continue;
		*object = &memory->object;
		return OK;
	}
	return ERR_UNSUPPORTED;
}

/* Bytes of what was taken for an object. False: the work stopped. */
static bool bytes_clear(uint8_t *bytes, uint32_t size)
{
	for (uint32_t done = (uint32_t)machine_work_done(); done < size;) {
		uint32_t piece = size - done < PIECE_BYTES ? size - done : PIECE_BYTES;
		memset(bytes + done, 0, piece);
		done += piece;
		if (done < size && machine_work_stop(done))
			return false;
	}
	return true;
}

/* Its pool needs no clearing; its slots do. */
static err_t pd_object_make(uint32_t at, uint32_t size, struct pd **made)
{
	uint32_t head = (sizeof(struct pd) + OBJECT_ALIGN - 1) & ~(OBJECT_ALIGN - 1u), donated = size & ~(OBJECT_ALIGN - 1u);
	uint32_t slots = (size - OBJECT_SIZE_PD) / OBJECT_SIZE_SLOT;
	struct pd *pd = virtual_of(at);

	err_t err = work_take(at, donated);
	if (err != OK)
		return err;
	if (!bytes_clear((uint8_t *)pd, head + sizeof(struct pd_machine) + slots * sizeof(struct cap)))
		return ERR_BUSY;
	work_keep();
	pd->machine = (struct pd_machine *)((uint8_t *)pd + head);
	pd->machine->donated = donated;
	*made = pd;
	return OK;
}

err_t machine_object_make(enum kind kind, const struct memory *from, uint64_t offset, uint64_t size,
                          struct object **object)
{
	if (kind == KIND_MEMORY)
		return memory_object_take(object);
	uint32_t at = (uint32_t)(from->offset + offset);
	if (kind == KIND_PD)
		return pd_object_make(at, (uint32_t)size, (struct pd **)object);
	err_t err = page_donate(at, OBJECT_SIZE);
	if (err == OK)
		*object = memset(virtual_of(at), 0, OBJECT_SIZE);
	return err;
}

void machine_object_free(struct object *object)
{
	/* These lie in the kernel's own tables. */
	if (object->kind == KIND_MEMORY || object->kind == KIND_INTERRUPT)
		return;
	uint32_t size = object->kind == KIND_PD ? ((struct pd *)object)->machine->donated : OBJECT_SIZE;
	page_return(physical(object), size);
}
