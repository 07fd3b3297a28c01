/* SPDX-License-Identifier: MIT */
/* Devices in hand, see reserve.h. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "rtcr/reserve.h"
#include "rtcr/target.h"

static struct reserved *first;

static struct reserved *reserved_find(enum service service, const char *label)
{
	struct reserved *reserved = first;

	while (reserved && (reserved->service != service || strcmp(reserved->label, label) != 0))
		reserved = reserved->next;
	return reserved;
}

static struct session_entry *own_find(enum service service, const char *label)
{
	for (struct entry *entry = registry.first_of[ENTRY_SESSION]; entry; entry = entry->next_alike) {
		struct session_entry *own = (struct session_entry *)entry;
		if (own->service == service && strcmp(own->label, label) == 0)
			return own;
	}
	return NULL;
}

static err_t device_take(struct reserved *reserved, uint64_t until)
{
	uint64_t now = clock_now();
	err_t err = OK;

	reserved->own = own_find(reserved->service, reserved->label);
	if (!reserved->own)
		err = session_open(service_names[reserved->service], reserved->label, until > now ? until - now : 0, &reserved->real);
	if (err != OK)
		return err;
	err = device_look(reserved->service, reserved->own ? reserved->own->real.ep : reserved->real.ep, reserved->compatible,
	                  &reserved->size);
	if (err != OK && !reserved->own)
		session_close(&reserved->real);
	return err;
}

err_t device_reserve(enum service service, const char *label, uint64_t until, struct reserved **made)
{
	if (reserved_find(service, label))
		return ERR_EXISTS;
	struct reserved *reserved = heap_alloc(sizeof *reserved);
	if (!reserved)
		return ERR_MEMORY_QUOTA;
	reserved->service = service;
	text_copy(reserved->label, sizeof reserved->label, label);
	err_t err = device_take(reserved, until);
	if (err != OK) {
		heap_free(reserved);
		return err;
	}
	reserved->next = first;
	first = reserved;
	*made = reserved;
	return OK;
}

const struct reserved *devices_first(void)
{
	return first;
}

void devices_keep(void)
{
	for (struct reserved *reserved = first; reserved; reserved = reserved->next) {
		if (!reserved->own)
			continue;
		reserved->real = reserved->own->real;
		reserved->own->real = (struct session){0};
		reserved->own = NULL;
	}
}

bool device_use(struct session_entry *session)
{
	struct reserved *reserved = reserved_find(session->service, session->label);

	if (!reserved || !reserved->real.id)
		return false;
	session->real = reserved->real;
	memcpy(session->compatible, reserved->compatible, sizeof session->compatible);
	reserved->real = (struct session){0};
	return true;
}

void devices_release(void)
{
	while (first) {
		struct reserved *reserved = first;
		first = reserved->next;
		if (reserved->real.id)
			session_close(&reserved->real);
		heap_free(reserved);
	}
}
