/* SPDX-License-Identifier: MIT */
/* Fates, see fate.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <terminal/session.h>

#include "server/control/fate.h"
#include "server/control/image.h"
#include "server/control/record.h"
#include "server/control/request.h"
#include "server/name.h"

enum { FATE_MAGIC = 0x45544146 };   /* "FATE" */

struct fate {
	uint32_t magic;
	uint32_t state;               /* enum control_state */
	int32_t exit_status;
	uint32_t output_lost, restarts, reserved;
	uint64_t ram, generation;
	uint64_t started;             /* since 1970 */
	char sentence[120];
};
_Static_assert(sizeof(struct fate) <= TERMINAL_FATE, "a fate fits");

static void fate_write(struct component *component, const struct fate *fate, uint32_t size)
{
	err_t err = record_fate_keep(component, fate, size);

	component->fate_kept = size && err == OK;
	if (err != OK && err != ERR_NOT_FOUND)
		log_line("%s: how it ended cannot be kept: %s", component->name, err_sentence(err));
	if (!component->watchers)
		record_close(component);
}

void fate_keep(struct component *component)
{
	struct fate fate = {.magic = FATE_MAGIC, .state = component->state, .exit_status = component->status.exit_status,
	                    .restarts = component->restarts, .ram = component->run.ram,
	                    .generation = component->status.generation};

	if (component->state < CONTROL_EXITED || request_passing(component))
		return;
	err_t ignored = record_lost_ask(component);
	(void)ignored;
	fate.output_lost = component->output_lost;
	fate.started = clock_real() - (clock_now() - component->started);
	text_copy(fate.sentence, sizeof fate.sentence, component->sentence);
	fate_write(component, &fate, sizeof fate);
}

void fate_forget(struct component *component)
{
	static const struct fate none;

	if (component->fate_kept)
		fate_write(component, &none, 0);
}

static void fate_take(struct component *component, const struct fate *fate, uint32_t size)
{
	uint64_t now = clock_real();

	component->fate_kept = true;
	component->state = CONTROL_LOST;
	component->started = clock_now();
	if (size != sizeof *fate || fate->magic != FATE_MAGIC || fate->state < CONTROL_EXITED || fate->state >= CONTROL_STATES ||
	    !string_ends(fate->sentence, sizeof fate->sentence)) {
		text_copy(component->sentence, sizeof component->sentence, "how it ended is no longer known");
		return;
	}
	component->state = (enum control_state)fate->state;
	component->status.exit_status = fate->exit_status;
	component->status.generation = fate->generation;
	component->output_lost = fate->output_lost;
	component->restarts = fate->restarts;
	component->run.ram = fate->ram;
	component->started -= now > fate->started ? now - fate->started : 0;
	text_copy(component->sentence, sizeof component->sentence, fate->sentence);
}

static void record_take(const char *name, const struct fate *fate, uint32_t size, bool fresh)
{
	struct component *component;

	if (component_find(name) || (!size && (!fresh || image_there(name, 0) != ERR_NOT_FOUND)))
		return;
	component = component_add(name);
	if (component && size)
		fate_take(component, fate, size);
	else if (component)
		component_discard(component);
}

void fates_load(void)
{
	char name[CONTROL_NAME] = "";
	bool fresh = !component_first();
	const void *bytes;
	struct fate fate;
	uint32_t size;
	err_t err;

	while ((err = record_next(name, name, &bytes, &size)) == OK) {
		memcpy(&fate, bytes, sizeof fate);   /* the buffer serves others meanwhile */
		record_take(name, &fate, size, fresh);
	}
	if (err != ERR_NOT_FOUND)
		log_line("how components ended before is not known: %s", err_sentence(err));
}
