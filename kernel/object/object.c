/* SPDX-License-Identifier: MIT */
/* Objects and slots: see object.h. */
#include "kernel/object/object.h"

uint64_t object_last_id;

void object_init(struct object *object, enum kind kind)
{
	object->kind = kind;
	object->id = ++object_last_id;
	object->caps = NULL;
}

void cap_set(struct cap *cap, struct object *object, uint32_t rights, uint32_t badge)
{
	cap->object = object;
	cap->rights = (uint16_t)rights;
	cap->badge = badge;
	cap->next = object->caps;
	cap->link = &object->caps;
	if (cap->next)
		cap->next->link = &cap->next;
	object->caps = cap;
}

void cap_clear(struct cap *cap)
{
	if (!cap->object)
		return;
	*cap->link = cap->next;
	if (cap->next)
		cap->next->link = cap->link;
	*cap = (struct cap){0};
}

void object_clear_caps(struct object *object)
{
	while (object->caps)
		cap_clear(object->caps);
}

void cap_set_behind(struct cap *cap, struct cap *source, uint32_t rights, uint32_t badge)
{
	*cap = (struct cap){source->object, source->next, &source->next, badge, (uint16_t)rights};
	if (cap->next)
		cap->next->link = &cap->next;
	source->next = cap;
}

bool object_clear_badge(struct object *object, uint32_t badge, struct cap *mark, bool first, uint32_t most)
{
	if (first || mark->object != object) {
		cap_clear(mark);
		cap_set(mark, object, 0, 0);
	}
	for (; mark->next && most; most--) {
		struct cap *each = mark->next;
		if (each->badge == badge) {
			cap_clear(each);
		} else {
			cap_clear(mark);
			cap_set_behind(mark, each, 0, 0);
		}
	}
	if (mark->next)
		return false;
	cap_clear(mark);
	return true;
}
