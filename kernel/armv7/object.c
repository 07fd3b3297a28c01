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
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

/* One for each 32 KiB of RAM. */
static struct memory memories[BOARD_RAM_SIZE / (32 * 1024)];

enum { MEMORIES = sizeof memories / sizeof *memories };

_Static_assert(sizeof(struct thread) <= OBJECT_SIZE && sizeof(struct endpoint) <= OBJECT_SIZE, "donation");
_Static_assert(sizeof(struct reply) <= OBJECT_SIZE && sizeof(struct signal) <= OBJECT_SIZE, "donation");
_Static_assert(sizeof(struct cap) <= OBJECT_SIZE_SLOT, "donation");

static err_t memory_object_take(struct object **object)
{
	static uint32_t next;

	for (uint32_t i = 0; i < MEMORIES; i++) {
		struct memory *memory = &memories[next];
		next = (next + 1) % MEMORIES;
		if (memory->object.caps)
			continue;
		*object = &memory->object;
		return OK;
	}
	return ERR_UNSUPPORTED;
}

err_t machine_object_make(enum kind kind, const struct memory *from, uint64_t offset, uint64_t size,
                          struct object **object)
{
	uint32_t head = (sizeof(struct pd) + OBJECT_ALIGN - 1) & ~(OBJECT_ALIGN - 1u);

	if (kind == KIND_MEMORY)
		return memory_object_take(object);
	uint32_t at = (uint32_t)(from->offset + offset), used = OBJECT_SIZE;
	if (kind == KIND_PD)
		used = (uint32_t)size & ~(OBJECT_ALIGN - 1u);
	err_t err = page_donate(at, used);
	if (err != OK)
		return err;
	struct object *made = virtual_of(at);
	memset(made, 0, kind == KIND_PD ? head + sizeof(struct pd_machine) : OBJECT_SIZE);
	if (kind == KIND_PD) {
		((struct pd *)made)->machine = (struct pd_machine *)((uint8_t *)made + head);
		((struct pd *)made)->machine->donated = used;
	}
	*object = made;
	return OK;
}

void machine_object_free(struct object *object)
{
	if (object->kind == KIND_MEMORY)
		return;
	uint32_t size = object->kind == KIND_PD ? ((struct pd *)object)->machine->donated : OBJECT_SIZE;
	page_return(physical(object), size);
}
