/* SPDX-License-Identifier: MIT */
/* Kernel calls on interrupts, and their arrival: see kernel/device.h. The machine part masks lines and finds objects. */
#include <kernel/device.h>

#include "kernel/object/decode.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

bool interrupt_is_all(const struct object *object)
{
	return object->kind == KIND_INTERRUPT && ((const struct interrupt *)object)->number == INTERRUPT_ALL;
}

static void line_mask(struct interrupt *interrupt, bool masked)
{
	interrupt->masked = masked;
	machine_interrupt_mask(interrupt->number, masked);
}

void interrupt_arrive(struct interrupt *interrupt)
{
	line_mask(interrupt, true);
	if (interrupt->signal.object)
		signal_add((struct signal *)interrupt->signal.object, interrupt->signal.badge);
}

void interrupt_disconnect(struct interrupt *interrupt)
{
	line_mask(interrupt, true);
	cap_clear(&interrupt->signal);
}

err_t do_interrupt_make(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct cap *all, *target;
	struct interrupt *interrupt;
	err_t err = cap_lookup(thread->pd, word[0], KIND_INTERRUPT, RIGHT_CONTROL, &all);

	(void)blocked;
	if (err == OK)
		err = slot_lookup_empty(thread->pd, word[2], &target);
	if (err != OK)
		return err;
	if (!interrupt_is_all(all->object))
		return ERR_CAPABILITY;
	if (word[1] >= INTERRUPT_ALL)
		return ERR_RANGE;
	err = machine_interrupt_make((uint32_t)word[1], &interrupt);
	if (err != OK)
		return err;
	object_init(&interrupt->object, KIND_INTERRUPT);
	interrupt->number = (uint32_t)word[1];
	interrupt_disconnect(interrupt);   /* an object that nobody named any more may have been bound */
	cap_set(target, &interrupt->object, RIGHT_ALL, 0);
	return OK;
}

/* One line, not all of them. */
static err_t line_lookup(struct thread *thread, uint64_t slot, uint32_t rights, struct interrupt **interrupt)
{
	struct cap *cap;
	err_t err = cap_lookup(thread->pd, slot, KIND_INTERRUPT, rights, &cap);

	if (err != OK)
		return err;
	if (interrupt_is_all(cap->object))
		return ERR_CAPABILITY;
	*interrupt = (struct interrupt *)cap->object;
	return OK;
}

err_t do_interrupt_bind(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct interrupt *interrupt;
	struct cap *signal = NULL;
	err_t err = line_lookup(thread, word[0], RIGHT_CONTROL, &interrupt);

	(void)blocked;
	if (err == OK && word[1])
		err = cap_lookup(thread->pd, word[1], KIND_SIGNAL, RIGHT_SEND, &signal);
	if (err != OK)
		return err;
	cap_clear(&interrupt->signal);
	if (signal)
		cap_set(&interrupt->signal, signal->object, RIGHT_SEND, signal->badge);
	line_mask(interrupt, !signal || word[2]);
	return OK;
}

err_t do_interrupt_acknowledge(struct thread *thread, const uint64_t *word, bool *blocked)
{
	struct interrupt *interrupt;
	err_t err = line_lookup(thread, word[0], RIGHT_SEND, &interrupt);

	(void)blocked;
	if (err != OK)
		return err;
	if (!interrupt->signal.object)
		return ERR_STATE;
	line_mask(interrupt, false);
	return OK;
}
