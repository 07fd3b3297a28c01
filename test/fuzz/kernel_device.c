/* SPDX-License-Identifier: MIT */
/* Interrupts of the kernel for tests, see kernel.h: made and bound as on a real one; nothing ever arrives. */
#include <stdlib.h>

#include <kernel/boot.h>
#include <kernel/device.h>

#include "test/fuzz/kernel.h"

static struct interrupt *lines[KERNEL_LINES];

void kernel_line_done(struct interrupt *interrupt)
{
	cap_clear(&interrupt->signal);
	lines[interrupt->number] = NULL;
}

err_t interrupt_make(interrupt_t all, uint32_t number, slot_t to)
{
	struct cap *cap, *target;
	err_t err = cap_lookup(kernel_current()->pd, all.slot, KIND_INTERRUPT, RIGHT_CONTROL, &cap);

	if (err == OK)
		err = slot_lookup_empty(kernel_current()->pd, to, &target);
	if (err != OK)
		return err;
	if (number >= KERNEL_LINES)
		return ERR_RANGE;
	if (lines[number])
		return ERR_BUSY;
	if (kernel_failure_due())
		return ERR_UNSUPPORTED;
	lines[number] = (struct interrupt *)kernel_object_make(KIND_INTERRUPT);
	lines[number]->number = number;
	cap_set(target, &lines[number]->object, RIGHT_ALL, 0);
	return OK;
}

err_t interrupt_bind(interrupt_t interrupt, signal_t signal, bool masked)
{
	struct cap *cap, *to = NULL;
	err_t err = cap_lookup(kernel_current()->pd, interrupt.slot, KIND_INTERRUPT, RIGHT_CONTROL, &cap);

	if (err == OK && signal.slot)
		err = cap_lookup(kernel_current()->pd, signal.slot, KIND_SIGNAL, RIGHT_SEND, &to);
	if (err != OK)
		return err;
	struct interrupt *line = (struct interrupt *)cap->object;
	cap_clear(&line->signal);
	if (to)
		cap_set(&line->signal, to->object, RIGHT_SEND, to->badge);
	line->masked = !to || masked;
	return OK;
}
