/* SPDX-License-Identifier: MIT */
/*
 * The RTCR instances behind the components: starting, ending, and following what becomes of them. The phases are those of
 * component.h. Functions that take a component may end in its removal, where it was made for a run that failed.
 */
#ifndef CONTROL_INSTANCE_H
#define CONTROL_INSTANCE_H

#include "server/control/component.h"

/* Open the LAUNCHER, take over instances that run already. */
err_t instances_start(signal_t signal) MUST_CHECK;

/* Start an instance that begins `work` when it is ready. ERR_MEMORY_QUOTA, ERR_UNSUPPORTED. */
err_t component_launch(struct component *component, uint64_t ram, enum checkpoint_work work) MUST_CHECK;

/* Ask its RTCR how it is, and act on that. */
void component_look(struct component *component);

/* End its program now, whatever it does. */
void component_kill(struct component *component);

/* Its instance goes; `fate` is what is kept. */
void component_over(struct component *component, enum control_state fate);

/* What the signal brought. */
void instances_signalled(uint32_t badges);

/* When to look again for instances that do not become ready, and looking. */
uint64_t instances_deadline(void);
void instances_late(void);

#endif
