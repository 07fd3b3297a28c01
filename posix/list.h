/* SPDX-License-Identifier: MIT */
/* Circular lists of links that lie in what is listed. A link that is in no list refers to itself, as an empty list does. */
#ifndef POSIX_LIST_H
#define POSIX_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link *next, *previous;
};

/* What a link lies in. */
#define list_holder(link, type, member) ((type *)((char *)(link) - offsetof(type, member)))

static inline void list_init(struct link *link)
{
	link->next = link->previous = link;
}

static inline bool list_empty(const struct link *list)
{
	return list->next == list;
}

/* Before `at`: with the list itself that is its end. */
static inline void list_insert(struct link *at, struct link *link)
{
	link->next = at;
	link->previous = at->previous;
	at->previous->next = link;
	at->previous = link;
}

static inline void list_remove(struct link *link)
{
	link->next->previous = link->previous;
	link->previous->next = link->next;
	list_init(link);
}

#endif
