/* SPDX-License-Identifier: MIT */
/* The list of components, see component.h. */
#include <framework/format.h>
#include <framework/heap.h>
#include <framework/memory.h>

#include "server/control/component.h"
#include "server/control/fate.h"
#include "server/control/image.h"
#include "server/control/instance.h"
#include "server/control/record.h"
#include "server/control/request.h"

static struct {
	struct component *first;      /* newest first */
	uint32_t next_number;
	signal_t signal;
} all;

static uint32_t checkpoint_bit(const struct component *component)
{
	return 1u << (SIGNAL_CHECKPOINT + component->number % SIGNAL_BITS);
}

void components_start(signal_t signal)
{
	all.signal = signal;
}

struct component *component_first(void)
{
	return all.first;
}

struct component *component_find(const char *name)
{
	struct component *component = all.first;

	while (component && strcmp(component->name, name) != 0)
		component = component->next;
	return component;
}

struct component *component_after(const char *after)
{
	struct component *best = NULL;

	for (struct component *component = all.first; component; component = component->next)
		if (strcmp(component->name, after) > 0 && (!best || strcmp(component->name, best->name) < 0))
			best = component;
	return best;
}

/* Fates are kept for a while, not for ever. */
static void oldest_forget(void)
{
	struct component *oldest = NULL;
	uint32_t over = 0;

	for (struct component *component = all.first; component; component = component->next)
		if (component->phase == PHASE_OVER && !component->watchers) {
			oldest = component;
			over++;
		}
	if (over <= COMPONENTS_OVER)
		return;
	if (image_there(oldest->name, 0) == ERR_NOT_FOUND) {
		component_discard(oldest);
	} else {
		fate_forget(oldest);
		component_remove(oldest);
	}
}

struct component *component_add(const char *name)
{
	oldest_forget();
	struct component *component = heap_alloc(sizeof *component);
	if (!component)
		return NULL;
	text_copy(component->name, sizeof component->name, name);
	component->number = all.next_number++;
	component->phase = PHASE_OVER;
	component->state = component->before = CONTROL_STORED;
	err_t err = cap_mint(cap_any(all.signal), checkpoint_bit(component), RIGHT_SEND, &component->checkpoint_signal);
	if (err == OK)
		err = cap_mint(cap_any(all.signal), 1u << (SIGNAL_TERMINAL + component->number % SIGNAL_BITS),
		               RIGHT_SEND, &component->terminal_signal);
	if (err != OK) {
		slot_give(component->checkpoint_signal);
		heap_free(component);
		return NULL;
	}
	component->next = all.first;
	all.first = component;
	return component;
}

void component_remove(struct component *component)
{
	struct component **link = &all.first;

	if (component->phase != PHASE_OVER)
		component_over(component, CONTROL_STORED);
	requests_forget(component);
	record_close(component);
	while (*link != component)
		link = &(*link)->next;
	*link = component->next;
	slot_give(component->checkpoint_signal);
	slot_give(component->terminal_signal);
	heap_free(component);
}

void component_discard(struct component *component)
{
	err_t ignored = record_fresh(component);   /* what stays is cut when the name is used again */

	(void)ignored;
	component_remove(component);
}

bool component_runs(const struct component *component)
{
	return component->phase != PHASE_OVER && !component_ended(component);
}

bool component_ended(const struct component *component)
{
	return component->state >= CONTROL_EXITED || component->state == CONTROL_STORED;
}

void component_show(const struct component *component, struct control_component *shown)
{
	const struct checkpoint_status_reply *status = &component->status;

	memset(shown, 0, sizeof *shown);
	text_copy(shown->name, sizeof shown->name, component->name);
	text_copy(shown->sentence, sizeof shown->sentence, component->sentence);
	shown->state = component->state;
	shown->exit_status = status->exit_status;
	shown->restarts = component->restarts;
	shown->thread_count = status->thread_count;
	shown->output_lost = component->output_lost;
	shown->age_ns = clock_now() - component->started;
	shown->generation = status->generation;
	shown->prepare_ns = status->prepare_ns;
	shown->stop_ns = status->stop_ns;
	shown->restore_ns = status->restore_ns;
	shown->image_bytes = status->image_bytes;
	shown->memory_bytes = status->memory_bytes;
	shown->ram_limit = status->ram_limit ? status->ram_limit : component->run.ram;
	shown->ram_used = status->ram_used;
}
