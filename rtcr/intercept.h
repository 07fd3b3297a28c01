/* SPDX-License-Identifier: MIT */
/*
 * What the RTCR answers for the target's services: the same tables of operations that core serves, by kind of thing. Each
 * call is recorded in the registry and delegated to the real service; the object is the registry's entry.
 */
#ifndef RTCR_INTERCEPT_H
#define RTCR_INTERCEPT_H

#include <cpu/session.h>
#include <io_mem/session.h>
#include <irq/session.h>
#include <log/session.h>
#include <pd/session.h>
#include <rm/session.h>
#include <rom/session.h>
#include <timer/session.h>

#include "rtcr/target.h"

extern const struct pd_handlers intercept_pd;
extern const struct dataspace_handlers intercept_dataspace;
extern const struct rm_handlers intercept_map;
extern const struct rm_service_handlers intercept_rm;
extern const struct cpu_handlers intercept_cpu;
extern const struct cpu_thread_handlers intercept_thread;
extern const struct log_handlers intercept_log;
extern const struct rom_handlers intercept_rom;
extern const struct timer_handlers intercept_timer;
extern const struct terminal_handlers intercept_terminal;
extern const struct irq_handlers intercept_irq;
extern const struct io_mem_handlers intercept_io_mem;
extern const struct parent_handlers intercept_parent;

/* The signal that came along as capability `index`: its entry's id and badge. */
err_t handler_take(struct rpc_message *message, uint32_t index, uint32_t *signal, uint32_t *badge) MUST_CHECK;

#endif
